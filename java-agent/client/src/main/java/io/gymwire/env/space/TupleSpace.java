// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Tuples with one element per inner space.
 *
 * @param spaces the inner spaces in order; the list can be empty
 */
public record TupleSpace(List<Space> spaces) implements Space {
    public TupleSpace {
        spaces = List.copyOf(spaces);
    }

    /** Whether the value is a list, such as a {@link Tuple}, that contains one member of each inner space, in order. */
    @Override
    public boolean contains(Object value) {
        if (!(value instanceof List<?> parts) || parts.size() != spaces.size()) {
            return false;
        }
        for (int i = 0; i < spaces.size(); i++) {
            if (!spaces.get(i).contains(parts.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Draws a member of each inner space. */
    @Override
    public Tuple sample(RandomGenerator random) {
        return Tuple.copyOf(spaces.stream().map(space -> space.sample(random)).toList());
    }

    @Override
    public String toString() {
        return spaces.stream().map(Space::toString).collect(Collectors.joining(", ", "Tuple(", ")"));
    }
}
