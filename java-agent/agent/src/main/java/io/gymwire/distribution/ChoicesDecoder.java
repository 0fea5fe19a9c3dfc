// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;

/** Turns choices, counted from 0, into the integers of a Discrete, MultiDiscrete or MultiBinary space. */
final class ChoicesDecoder implements PartDecoder {

    private final long[] start; // [size], the integer for choice 0 of each element

    /** @param start the smallest value of each element; not modified */
    ChoicesDecoder(long... start) {
        this.start = start.clone();
    }

    @Override
    public int size() {
        return start.length;
    }

    @Override
    public void decode(double[] action, int from, ActionBuffer batch, int leaf, int index) {
        for (int i = 0; i < start.length; i++) {
            batch.put(leaf, index + i, start[i] + (long) action[from + i]);
        }
    }
}
