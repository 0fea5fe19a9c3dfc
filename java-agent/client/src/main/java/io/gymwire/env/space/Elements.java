// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.nio.ByteBuffer;

/** Reads and writes elements in little-endian buffers. A complex element can only be converted to text. */
final class Elements {
    private static final double TWO_TO_63 = 0x1p63;

    private Elements() {}

    static double getDouble(ByteBuffer data, DType dtype, int index) {
        return switch (dtype) {
            case FLOAT64 -> data.getDouble(8 * index);
            case FLOAT32 -> data.getFloat(4 * index);
            case FLOAT16 -> Half.toDouble(data.getShort(2 * index));
            case UINT64 -> unsignedToDouble(data.getLong(8 * index));
            case COMPLEX64, COMPLEX128 -> throw complex(dtype);
            default -> getLong(data, dtype, index);
        };
    }

    static long getLong(ByteBuffer data, DType dtype, int index) {
        return switch (dtype) {
            case BOOL, UINT8 -> data.get(index) & 0xff;
            case INT8 -> data.get(index);
            case INT16 -> data.getShort(2 * index);
            case UINT16 -> data.getShort(2 * index) & 0xffff;
            case INT32 -> data.getInt(4 * index);
            case UINT32 -> data.getInt(4 * index) & 0xffffffffL;
            case INT64, UINT64 -> data.getLong(8 * index);
            case FLOAT16, FLOAT32, FLOAT64 -> (long) getDouble(data, dtype, index);
            case COMPLEX64, COMPLEX128 -> throw complex(dtype);
        };
    }

    /**
     * Writes the first {@code count} elements, as doubles, to {@code destination}. There they begin at index
     * {@code offset}.
     */
    static void copy(ByteBuffer data, DType dtype, int count, double[] destination, int offset) {
        switch (dtype) {
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    destination[offset + i] = data.getDouble(8 * i);
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    destination[offset + i] = data.getFloat(4 * i);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    destination[offset + i] = getDouble(data, dtype, i);
                }
            }
        }
    }

    static void putDouble(ByteBuffer target, DType dtype, double value) {
        switch (dtype) {
            case FLOAT64 -> target.putDouble(value);
            case FLOAT32 -> target.putFloat((float) value);
            case FLOAT16 -> target.putShort(Half.fromDouble(value));
            case COMPLEX64, COMPLEX128 -> throw complex(dtype);
            default -> {
                double whole = value < 0.0 ? Math.ceil(value) : Math.floor(value);
                if (!(whole >= dtype.minValue() && whole < dtype.endValue())) {
                    throw outOfRange(dtype, String.valueOf(value));
                }
                boolean upperHalf = whole >= TWO_TO_63;
                putBits(target, dtype, upperHalf ? (long) (whole - TWO_TO_63) ^ Long.MIN_VALUE : (long) whole);
            }
        }
    }

    static void putLong(ByteBuffer target, DType dtype, long value) {
        switch (dtype) {
            case FLOAT64 -> target.putDouble(value);
            case FLOAT32 -> target.putFloat(value);
            case FLOAT16 -> target.putShort(Half.fromDouble(value));
            case INT64, UINT64 -> target.putLong(value);
            case COMPLEX64, COMPLEX128 -> throw complex(dtype);
            default -> {
                if (value < (long) dtype.minValue() || value >= (long) dtype.endValue()) {
                    throw outOfRange(dtype, String.valueOf(value));
                }
                putBits(target, dtype, value);
            }
        }
    }

    static String toString(ByteBuffer data, DType dtype, int index) {
        return switch (dtype) {
            case FLOAT64, FLOAT16 -> String.valueOf(getDouble(data, dtype, index));
            case FLOAT32 -> String.valueOf(data.getFloat(4 * index));
            case UINT64 -> Long.toUnsignedString(data.getLong(8 * index));
            case BOOL -> String.valueOf(data.get(index) != 0);
            case COMPLEX64 -> data.getFloat(8 * index) + signed(String.valueOf(data.getFloat(8 * index + 4))) + "j";
            case COMPLEX128 ->
                data.getDouble(16 * index) + signed(String.valueOf(data.getDouble(16 * index + 8))) + "j";
            default -> String.valueOf(getLong(data, dtype, index));
        };
    }

    private static String signed(String number) {
        return number.startsWith("-") ? number : "+" + number;
    }

    private static void putBits(ByteBuffer target, DType dtype, long bits) {
        switch (dtype.byteSize()) {
            case 1 -> target.put((byte) bits);
            case 2 -> target.putShort((short) bits);
            case 4 -> target.putInt((int) bits);
            default -> target.putLong(bits);
        }
    }

    private static double unsignedToDouble(long bits) {
        // A shift loses the lowest bit; `| bits & 1` keeps it. Otherwise, a value slightly above the middle between
        // two doubles would become exactly the middle, and could be rounded down instead of up.
        return bits >= 0 ? bits : 2.0 * (bits >>> 1 | bits & 1);
    }

    private static UnsupportedOperationException complex(DType dtype) {
        return new UnsupportedOperationException("an element of " + dtype + " is two numbers; read or write its bytes");
    }

    private static IllegalArgumentException outOfRange(DType dtype, String value) {
        return new IllegalArgumentException(
                "the value " + value + " does not fit dtype " + dtype + "; clip it before it is cast");
    }
}
