// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.random.RandomGenerator;

/**
 * Arrays of integers; element i is one of start[i], ..., start[i] + nvec[i] - 1. A member has the shape of
 * {@code nvec}. The member usually has the dtype of {@code nvec}. Other dtypes are allowed if numpy casts them safely
 * to this dtype.
 *
 * @param nvec an array of any rank: how many values each element can have, at least 1
 * @param start the smallest value of each element, with the dtype and shape of {@code nvec}
 */
public record MultiDiscreteSpace(NdArray nvec, NdArray start) implements ArraySpace {
    public MultiDiscreteSpace {
        if (!nvec.dtype().isInteger() || nvec.dtype() != start.dtype() || !start.hasShape(nvec.shape())) {
            throw new IllegalArgumentException("a MultiDiscrete space needs nvec and start of one integer dtype and "
                    + "one shape, not " + nvec.describe() + " and " + start.describe());
        }
        for (int i = 0; i < nvec.size(); i++) {
            if (nvec.getLong(i) == 0 || nvec.getLong(i) < 0 && !nvec.dtype().isUnsigned()) {
                throw new IllegalArgumentException(
                        "each element of a MultiDiscrete space has at least 1 value, not " + nvec.getLong(i));
            }
        }
    }

    @Override
    public DType dtype() {
        return nvec.dtype();
    }

    @Override
    public int[] shape() {
        return nvec.shape();
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof NdArray array) || !array.dtype().castsSafelyTo(dtype()) || !array.hasShape(shape())) {
            return false;
        }
        for (int i = 0; i < array.size(); i++) {
            long x = array.getLong(i);
            long smallest = start.getLong(i);
            boolean below = dtype() == DType.UINT64 ? Long.compareUnsigned(x, smallest) < 0 : x < smallest;
            // The difference of two longs can need all 64 bits, so it is compared as an unsigned number.
            if (below || Long.compareUnsigned(x - smallest, nvec.getLong(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Draws each element. All values that an element can have are equally probable. */
    @Override
    public NdArray sample(RandomGenerator random) {
        long[] values = new long[nvec.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = start.getLong(i) + drawBelow(random, nvec.getLong(i));
        }
        return NdArray.ofLongs(dtype(), shape(), values);
    }

    private static long drawBelow(RandomGenerator random, long bound) {
        if (bound > 0) {
            return random.nextLong(bound);
        }
        // The bound is an unsigned number of at least 2^63, so at least half of the draws are below it.
        long draw = random.nextLong();
        while (Long.compareUnsigned(draw, bound) >= 0) {
            draw = random.nextLong();
        }
        return draw;
    }

    @Override
    public String toString() {
        boolean started = false;
        for (int i = 0; i < start.size(); i++) {
            started |= start.getLong(i) != 0;
        }
        return "MultiDiscrete(" + nvec + (started ? ", start=" + start : "") + ")";
    }
}
