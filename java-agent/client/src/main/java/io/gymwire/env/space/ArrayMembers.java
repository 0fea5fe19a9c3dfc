// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * Converts values into arrays with the dtype and shape of a space. A float dtype accepts all numbers, and rounds them.
 * An integer dtype accepts whole numbers in its range, and bool accepts 0 and 1. The bounds of the space are not
 * checked.
 */
final class ArrayMembers {
    private static final int[] SCALAR = {};

    private ArrayMembers() {}

    /**
     * Converts a value.
     *
     * @param value an array of the space's shape, or an array of Java with the elements in row-major order, such as a
     *     double[]. If the shape is {@code []}, the value can also be a number or a Boolean
     * @throws IllegalArgumentException if the value is something else, or if an element does not fit the dtype
     */
    static NdArray of(ArraySpace space, Object value) {
        NdArray array = value instanceof NdArray given ? given : array(space.shape(), value);
        if (array == null || array.dtype().isComplex() || !array.hasShape(space.shape())) {
            throw new IllegalArgumentException(
                    describe(value) + " is no member of " + space + "; give " + wanted(space));
        }
        return array.dtype() == space.dtype() ? array : cast(space, array);
    }

    /** The dtype and shape of an array, the type and length of an array of Java, or the type and the value itself. */
    static String describe(Object value) {
        if (value == null) {
            return "null";
        }
        String type = value.getClass().getSimpleName();
        if (value instanceof NdArray array) {
            return "the array " + array.describe();
        }
        return value.getClass().isArray()
                ? "the " + type + " of length " + Array.getLength(value)
                : "the " + type + " " + value;
    }

    private static String wanted(ArraySpace space) {
        String array = "an NdArray " + space.dtype() + Arrays.toString(space.shape());
        if (space.shape().length == 0) {
            return (space.dtype().isFloat() ? "a Double or " : "a Long or ") + array;
        }
        return (space.dtype().isFloat() ? "a double[] of length " : "a long[] of length ") + space.size() + " or "
                + array;
    }

    /** The value as an array of INT64, FLOAT64 or BOOL; null if its type or its length does not fit. */
    private static NdArray array(int[] shape, Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return NdArray.ofLongs(DType.INT64, SCALAR, ((Number) value).longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            return NdArray.ofDoubles(DType.FLOAT64, SCALAR, ((Number) value).doubleValue());
        }
        if (value instanceof Boolean flag) {
            return NdArray.ofLongs(DType.BOOL, SCALAR, flag ? 1 : 0);
        }
        Class<?> type = value == null ? null : value.getClass().getComponentType();
        if (type == null
                || !type.isPrimitive()
                || type == char.class
                || Array.getLength(value) != NdArray.size(shape)) {
            return null;
        }
        if (type == double.class || type == float.class) {
            double[] numbers = new double[Array.getLength(value)];
            Arrays.setAll(numbers, i -> Array.getDouble(value, i));
            return NdArray.ofDoubles(DType.FLOAT64, shape, numbers);
        }
        long[] numbers = new long[Array.getLength(value)];
        Arrays.setAll(
                numbers, i -> type == boolean.class ? (Array.getBoolean(value, i) ? 1 : 0) : Array.getLong(value, i));
        return NdArray.ofLongs(DType.INT64, shape, numbers);
    }

    private static NdArray cast(ArraySpace space, NdArray array) {
        DType dtype = space.dtype();
        boolean unsigned = array.dtype() == DType.UINT64; // getLong does not return the value if it is 2^63 or more
        if (array.dtype().isFloat() || unsigned && dtype.isFloat()) {
            for (int i = 0; i < array.size() && !dtype.isFloat(); i++) {
                if (array.getDouble(i) != Math.rint(array.getDouble(i))) {
                    throw new IllegalArgumentException("the value " + array.getDouble(i) + " is not whole, but " + space
                            + " has whole numbers; round it");
                }
            }
            return NdArray.ofDoubles(dtype, array.shape(), array.toDoubles());
        }
        for (int i = 0; i < array.size(); i++) {
            if (array.getLong(i) < 0 && (unsigned || dtype == DType.UINT64)) {
                throw new IllegalArgumentException("the value "
                        + (unsigned ? Long.toUnsignedString(array.getLong(i)) : array.getLong(i))
                        + " does not fit dtype " + dtype + "; clip it before it is cast");
            }
        }
        return NdArray.ofLongs(dtype, array.shape(), array.toLongs());
    }
}
