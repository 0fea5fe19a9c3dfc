// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sequences of any length, with elements of one space.
 *
 * @param featureSpace the space of each element
 * @param stack whether a member is one batch of its elements (see {@link Batches}) instead of a {@link Tuple} of them
 */
public record SequenceSpace(Space featureSpace, boolean stack) implements Space {
    private static final double END_PROBABILITY = 0.25;

    @Override
    public boolean contains(Object value) {
        if (stack) {
            return containsStack(value);
        }
        return value instanceof Tuple elements && elements.stream().allMatch(featureSpace::contains);
    }

    private boolean containsStack(Object value) {
        int count = Batches.count(featureSpace, value);
        for (int i = 0; i < count; i++) {
            if (!featureSpace.contains(Batches.get(featureSpace, value, i))) {
                return false;
            }
        }
        return count >= 0;
    }

    /** Draws elements. After each element, the sequence ends with probability 1/4. */
    @Override
    public Object sample(RandomGenerator random) {
        List<Object> elements = new ArrayList<>();
        do {
            elements.add(featureSpace.sample(random));
        } while (random.nextDouble() >= END_PROBABILITY);
        return stack ? Batches.concatenate(featureSpace, elements) : Tuple.copyOf(elements);
    }

    @Override
    public String toString() {
        return "Sequence(" + featureSpace + ", stack=" + (stack ? "True" : "False") + ")";
    }
}
