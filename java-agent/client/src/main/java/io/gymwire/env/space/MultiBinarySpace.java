// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Arrays of one shape; each element is 0 or 1. Drawn arrays have the dtype int8. Members can have any real dtype. */
public final class MultiBinarySpace implements ArraySpace {
    private final int[] shape;
    private final boolean madeFromNumber;

    /** Arrays of one axis with n elements. */
    public MultiBinarySpace(int n) {
        this(new int[] {n}, true);
    }

    /** Arrays of a shape. Each axis has at least 1 element. */
    public MultiBinarySpace(int... shape) {
        this(shape.clone(), false);
    }

    private MultiBinarySpace(int[] shape, boolean madeFromNumber) {
        for (int length : shape) {
            if (length < 1) {
                throw new IllegalArgumentException(
                        "each axis of a MultiBinary space has at least 1 element, not " + Arrays.toString(shape));
            }
        }
        this.shape = shape;
        this.madeFromNumber = madeFromNumber;
    }

    @Override
    public DType dtype() {
        return DType.INT8;
    }

    @Override
    public int[] shape() {
        return shape.clone();
    }

    /** Whether the space was made from one number. For Gymnasium, MultiBinary(2) differs from MultiBinary((2,)). */
    public boolean madeFromNumber() {
        return madeFromNumber;
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof NdArray array) || array.dtype().isComplex() || !array.hasShape(shape)) {
            return false;
        }
        for (int i = 0; i < array.size(); i++) {
            double x = array.getDouble(i);
            if (x != 0.0 && x != 1.0) {
                return false;
            }
        }
        return true;
    }

    /** Draws an array. For each element, 0 and 1 are equally likely. */
    @Override
    public NdArray sample(RandomGenerator random) {
        long[] values = new long[NdArray.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(2);
        }
        return NdArray.ofLongs(DType.INT8, shape, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MultiBinarySpace space
                && Arrays.equals(shape, space.shape)
                && madeFromNumber == space.madeFromNumber;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        String lengths = Arrays.toString(shape);
        String inner = lengths.substring(1, lengths.length() - 1);
        return "MultiBinary(" + (madeFromNumber ? inner : "(" + inner + (shape.length == 1 ? ",)" : ")")) + ")";
    }
}
