// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;

/**
 * A decoder for a Box. It clips a drawn number to [-1, 1] and rescales it to the bounds of its element. If an element
 * lacks a bound, its number is not rescaled, but only clipped at the other bound, if there is one. A bound also counts
 * as missing if its absolute value is the greatest number of a floating-point dtype; in a Box of float64, if it is
 * {@link Float#MAX_VALUE} or more. In a Box of integers or bools, each number is also rounded to the nearest integer,
 * and clipped at the limits of the dtype.
 */
final class BoxDecoder implements PartDecoder {

    private static final double GREATEST_INT64 = Math.nextDown(0x1p63); // the greatest double that is an int64

    private final int size;
    private final double[] low; // [size]; without a bound: -infinity, or the dtype's least integer
    private final double[] high; // [size]; without a bound: +infinity, or the dtype's greatest integer
    private final boolean[] clipped; // [size]
    private final boolean integer;

    BoxDecoder(BoxSpace space) {
        this.size = space.size();
        this.integer = space.dtype().isInteger() || space.dtype() == DType.BOOL;
        this.low = space.low();
        this.high = space.high();
        this.clipped = new boolean[size];
        for (int i = 0; i < size; i++) {
            boolean bounded = space.isBoundedBelow(i) && space.isBoundedAbove(i);
            // Some authors write the greatest number of the dtype, or that of float32, for "no bound".
            clipped[i] = bounded && Math.max(Math.abs(low[i]), Math.abs(high[i])) < greatest(space.dtype());
            if (integer) {
                // As doubles, the upper limits of int64 and uint64 are rounded up, to 2^63 and 2^64. Each of these
                // numbers is 1 too large for its dtype.
                high[i] = Math.min(high[i], space.dtype() == DType.UINT64 ? Math.nextDown(0x1p64) : GREATEST_INT64);
            }
        }
    }

    private static double greatest(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> 65504;
            case FLOAT32, FLOAT64 -> Float.MAX_VALUE;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    @Override
    public int size() {
        return size;
    }

    /** For each element of an action, whether it is clipped to [-1, 1] and rescaled to the element's two bounds. */
    boolean[] clipped() {
        return clipped.clone();
    }

    @Override
    public void decode(double[] action, int from, ActionBuffer batch, int leaf, int index) {
        for (int i = 0; i < size; i++) {
            batch.put(leaf, index + i, rescale(action[from + i], i));
        }
    }

    private double rescale(double action, int element) {
        double least = low[element];
        double greatest = high[element];
        double value = action;
        if (clipped[element]) {
            double fraction = (Math.max(-1, Math.min(1, action)) + 1) / 2;
            value = least + fraction * (greatest - least);
        }
        return Math.max(least, Math.min(greatest, integer ? Math.rint(value) : value));
    }
}
