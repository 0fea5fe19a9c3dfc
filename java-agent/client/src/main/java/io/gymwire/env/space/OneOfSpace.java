// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Values from several inner spaces. A member is a {@link Tuple} of two elements: the index of one inner space (a Long,
 * an Integer or an int64 {@link NdArray} that is a numpy scalar), and a value of that space.
 *
 * @param spaces the inner spaces in order, at least one
 */
public record OneOfSpace(List<Space> spaces) implements Space {
    private static final int[] SCALAR = {};

    public OneOfSpace {
        spaces = List.copyOf(spaces);
        if (spaces.isEmpty()) {
            throw new IllegalArgumentException("a OneOf space needs at least one inner space");
        }
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof Tuple pair) || pair.size() != 2) {
            return false;
        }
        long index = -1;
        if (pair.get(0) instanceof Long || pair.get(0) instanceof Integer) {
            index = ((Number) pair.get(0)).longValue();
        } else if (pair.get(0) instanceof NdArray array && array.isScalar() && array.dtype() == DType.INT64) {
            index = array.getLong(0);
        }
        return index >= 0 && index < spaces.size() && spaces.get((int) index).contains(pair.get(1));
    }

    /** Draws an inner space, each with the same probability, and then a member of that space. */
    @Override
    public Tuple sample(RandomGenerator random) {
        int index = random.nextInt(spaces.size());
        return Tuple.of(
                NdArray.ofLongs(DType.INT64, SCALAR, index).asScalar(),
                spaces.get(index).sample(random));
    }

    @Override
    public String toString() {
        return spaces.stream().map(Space::toString).collect(Collectors.joining(", ", "OneOf(", ")"));
    }
}
