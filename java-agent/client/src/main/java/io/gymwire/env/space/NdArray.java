// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A read-only n-dimensional array in row-major (C) order, as in numpy. An array of shape {@code []} contains a single
 * number. It can stand for a numpy scalar such as {@code numpy.float32(0.5)}. Elements are addressed by their flat
 * index, from 0 to {@code size() - 1}. With a complex dtype, methods that take or return elements as doubles or longs
 * throw an UnsupportedOperationException; use {@link #ofBytes} and {@link #data}.
 */
public final class NdArray {
    private static final int SHOWN_ELEMENTS = 16;

    private final DType dtype;
    private final int[] shape;
    private final int size;
    private final ByteBuffer data; // read-only, from position 0 on
    private final boolean scalar;

    private NdArray(DType dtype, int[] shape, byte[] littleEndian) {
        this(dtype, shape, ByteBuffer.wrap(littleEndian), false);
    }

    private NdArray(DType dtype, int[] shape, ByteBuffer littleEndian, boolean scalar) {
        this.dtype = dtype;
        this.shape = shape;
        this.size = size(shape);
        this.scalar = scalar;
        this.data = littleEndian.asReadOnlyBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
        if ((long) size * dtype.byteSize() != data.remaining()) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " and dtype " + dtype
                    + " needs " + (long) size * dtype.byteSize() + " bytes, not " + data.remaining());
        }
    }

    /**
     * Makes an array from doubles. For a float dtype, a value is rounded to the nearest number of this dtype. For bool
     * and the integer dtypes, it is rounded towards zero.
     *
     * @param shape the length of each axis, not modified
     * @param values the elements in row-major order, not modified
     * @throws IllegalArgumentException if the number of values does not fit the shape, or if a value does not fit bool
     *     or the integer dtype
     */
    public static NdArray ofDoubles(DType dtype, int[] shape, double... values) {
        ByteBuffer target = allocate(dtype, shape, values.length);
        if (dtype == DType.FLOAT64) {
            target.asDoubleBuffer().put(values);
        } else {
            for (double value : values) {
                Elements.putDouble(target, dtype, value);
            }
        }
        return new NdArray(dtype, shape.clone(), target.array());
    }

    /**
     * Makes an array from longs, cast to a dtype. For uint64, the 64 bits of a long are not changed.
     *
     * @param shape the length of each axis, not modified
     * @param values the elements in row-major order, not modified
     * @throws IllegalArgumentException if the number of values does not fit the shape, or if a value does not fit bool
     *     or the integer dtype
     */
    public static NdArray ofLongs(DType dtype, int[] shape, long... values) {
        ByteBuffer target = allocate(dtype, shape, values.length);
        for (long value : values) {
            Elements.putLong(target, dtype, value);
        }
        return new NdArray(dtype, shape.clone(), target.array());
    }

    /** Makes an array from a copy of packed little-endian bytes. */
    public static NdArray ofBytes(DType dtype, int[] shape, byte[] littleEndian) {
        return new NdArray(dtype, shape.clone(), littleEndian.clone());
    }

    /**
     * Makes an array from packed little-endian bytes without a copy, like {@code numpy.frombuffer}. The array is a view
     * of the buffer: it changes when the buffer changes.
     *
     * @param shape the length of each axis, not modified
     * @param littleEndian the elements, from the buffer's position to its limit; position and limit are not modified
     * @throws IllegalArgumentException if the number of bytes does not fit the shape and dtype
     */
    public static NdArray wrap(DType dtype, int[] shape, ByteBuffer littleEndian) {
        return new NdArray(dtype, shape.clone(), littleEndian, false);
    }

    /**
     * Stacks arrays of one dtype and shape along a new first axis.
     *
     * @throws IllegalArgumentException if there are no arrays, or they differ in dtype or shape
     */
    public static NdArray stack(List<NdArray> arrays) {
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("there is no array to stack");
        }
        NdArray first = arrays.get(0);
        ByteBuffer target = ByteBuffer.allocate(Math.multiplyExact(arrays.size(), first.data.remaining()));
        for (NdArray array : arrays) {
            if (array.dtype != first.dtype || !Arrays.equals(array.shape, first.shape)) {
                throw new IllegalArgumentException("cannot stack " + array.describe() + " on " + first.describe());
            }
            target.put(array.data.duplicate());
        }
        int[] shape = new int[first.shape.length + 1];
        shape[0] = arrays.size();
        System.arraycopy(first.shape, 0, shape, 1, first.shape.length);
        return new NdArray(first.dtype, shape, target.array());
    }

    /** The type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** The length of each axis, in a new array. */
    public int[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public int size() {
        return size;
    }

    /** The packed elements as a read-only little-endian view, without a copy. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An element as a double; 64-bit integers are rounded to the nearest double. */
    public double getDouble(int index) {
        return Elements.getDouble(data, dtype, Objects.checkIndex(index, size()));
    }

    /**
     * An element as a long. Floats are rounded towards zero; as in Java's casts, NaN becomes 0, and a float outside the
     * range of long becomes the nearest long. The 64 bits of a uint64 are not changed.
     */
    public long getLong(int index) {
        return Elements.getLong(data, dtype, Objects.checkIndex(index, size()));
    }

    /**
     * Writes every element, as a double, to a part of {@code destination}.
     *
     * @param destination the array; {@code size()} elements, which begin at index {@code offset}, are overwritten
     * @param offset the index in {@code destination} of the first element
     */
    public void copyTo(double[] destination, int offset) {
        Elements.copy(data, dtype, size, destination, offset);
    }

    /** Every element as a double, in row-major order. */
    public double[] toDoubles() {
        double[] values = new double[size];
        copyTo(values, 0);
        return values;
    }

    /** Every element as a long, in row-major order; see {@link #getLong}. */
    public long[] toLongs() {
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = getLong(i);
        }
        return values;
    }

    /** Whether this object is a numpy scalar. Python distinguishes a scalar from an array of shape {@code []}. */
    public boolean isScalar() {
        return scalar;
    }

    /**
     * This array, which must have the shape {@code []}, as a numpy scalar.
     *
     * @throws IllegalArgumentException if the shape is not {@code []}
     */
    public NdArray asScalar() {
        if (shape.length != 0) {
            throw new IllegalArgumentException("a scalar has the shape [], not " + Arrays.toString(shape));
        }
        return new NdArray(dtype, shape, data, true);
    }

    /**
     * The part at an index of the first axis, without a copy.
     *
     * @throws IllegalArgumentException if the array has no axis
     * @throws IndexOutOfBoundsException if the first axis has no such index
     */
    public NdArray row(int index) {
        if (shape.length == 0) {
            throw new IllegalArgumentException("an array of shape [] has no rows");
        }
        Objects.checkIndex(index, shape[0]);
        int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        int rowBytes = Math.multiplyExact(size(rest), dtype.byteSize());
        return new NdArray(dtype, rest, data.slice(index * rowBytes, rowBytes), false);
    }

    /**
     * Whether the axes have these lengths.
     *
     * @param expected the lengths, none for a single number; not modified
     */
    public boolean hasShape(int... expected) {
        return Arrays.equals(shape, expected);
    }

    /** The dtype and shape, for messages: {@code float32[2, 3]}. */
    public String describe() {
        return dtype + Arrays.toString(shape);
    }

    /** Whether the other object is an array of the same dtype, shape and bits. A scalar equals only scalars. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NdArray array
                && dtype == array.dtype
                && scalar == array.scalar
                && Arrays.equals(shape, array.shape)
                && data.equals(array.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * dtype.hashCode() + Arrays.hashCode(shape)) + data.hashCode();
    }

    /** The dtype, the shape and the first elements. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(describe()).append(" {");
        for (int i = 0; i < Math.min(size, SHOWN_ELEMENTS); i++) {
            text.append(i == 0 ? "" : ", ").append(Elements.toString(data, dtype, i));
        }
        return text.append(size > SHOWN_ELEMENTS ? ", ...}" : "}").toString();
    }

    /** The number of elements in an array with the given shape. */
    static int size(int[] shape) {
        int size = 1;
        for (int length : shape) {
            if (length < 0) {
                throw new IllegalArgumentException("a shape has a negative length: " + Arrays.toString(shape));
            }
            long product = (long) size * length;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " is too large");
            }
            size = (int) product;
        }
        return size;
    }

    private static ByteBuffer allocate(DType dtype, int[] shape, int count) {
        if (size(shape) != count) {
            throw new IllegalArgumentException(
                    "the shape " + Arrays.toString(shape) + " needs " + size(shape) + " values, not " + count);
        }
        return ByteBuffer.allocate(Math.multiplyExact(count, dtype.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
