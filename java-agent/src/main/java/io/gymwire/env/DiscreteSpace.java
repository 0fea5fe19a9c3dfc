// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.random.RandomGenerator;

/**
 * The integers start, start + 1, ..., start + n - 1. A member is an array of shape {@code []}.
 *
 * @param n the number of elements, at least 1
 * @param start the smallest element; it may be negative
 * @param dtype the integer type of a member
 */
public record DiscreteSpace(long n, long start, DType dtype) implements Space {
    private static final int[] SCALAR = {};

    public DiscreteSpace {
        if (n < 1) {
            throw new IllegalArgumentException("a Discrete space has at least 1 element, not " + n);
        }
        if (!dtype.isInteger()) {
            throw new IllegalArgumentException("a Discrete space has an integer dtype, not " + dtype);
        }
    }

    @Override
    public boolean contains(NdArray value) {
        if (!value.dtype().isInteger() || !value.hasShape(SCALAR)) {
            return false;
        }
        long index = value.getLong(0) - start;
        return index >= 0 && index < n;
    }

    /** Draws each element with the same probability. */
    @Override
    public NdArray sample(RandomGenerator random) {
        return NdArray.ofLongs(dtype, SCALAR, start + random.nextLong(n));
    }

    @Override
    public String toString() {
        return start == 0 ? "Discrete(" + n + ")" : "Discrete(" + n + ", start=" + start + ")";
    }
}
