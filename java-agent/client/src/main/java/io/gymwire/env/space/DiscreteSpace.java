// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.random.RandomGenerator;

/**
 * The integers start, start + 1, ..., start + n - 1. A member is a Long, an Integer, or an integer array of shape
 * {@code []} with a dtype that can be cast safely to {@code dtype}.
 *
 * @param n the number of elements, at least 1
 * @param start the smallest element; it may be negative
 * @param dtype the integer type of a member
 */
public record DiscreteSpace(long n, long start, DType dtype) implements ArraySpace {
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
    public int[] shape() {
        return SCALAR.clone();
    }

    @Override
    public boolean contains(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return isElement(((Number) value).longValue());
        }
        return value instanceof NdArray array
                && array.dtype().isInteger()
                && array.dtype().castsSafelyTo(dtype)
                && array.hasShape(SCALAR)
                && !(dtype == DType.UINT64 && array.getLong(0) < 0)
                && isElement(array.getLong(0));
    }

    private boolean isElement(long value) {
        // The difference of two longs can need all 64 bits, so it is compared as an unsigned number.
        return value >= start && Long.compareUnsigned(value - start, n) < 0;
    }

    /** Draws each element with the same probability. */
    @Override
    public NdArray sample(RandomGenerator random) {
        return NdArray.ofLongs(dtype, SCALAR, start + random.nextLong(n)).asScalar();
    }

    @Override
    public String toString() {
        return "Discrete(" + n + (start == 0 ? "" : ", start=" + start)
                + (dtype == DType.INT64 ? "" : ", dtype=" + dtype) + ")";
    }
}
