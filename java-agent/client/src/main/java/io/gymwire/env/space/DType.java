// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

/** The type of an array's elements: numpy's fixed-size numeric types. */
public enum DType {
    /** One byte, 0 or 1. */
    BOOL("bool", 1),
    /** Signed, 1 byte. */
    INT8("int8", 1),
    /** Signed, 2 bytes. */
    INT16("int16", 2),
    /** Signed, 4 bytes. */
    INT32("int32", 4),
    /** Signed, 8 bytes. */
    INT64("int64", 8),
    /** Unsigned, 1 byte. */
    UINT8("uint8", 1),
    /** Unsigned, 2 bytes. */
    UINT16("uint16", 2),
    /** Unsigned, 4 bytes. */
    UINT32("uint32", 4),
    /** Unsigned, 8 bytes. */
    UINT64("uint64", 8),
    /** IEEE 754 binary16. */
    FLOAT16("float16", 2),
    /** IEEE 754 binary32. */
    FLOAT32("float32", 4),
    /** IEEE 754 binary64. */
    FLOAT64("float64", 8),
    /** Two binary32 numbers, the real part first. Arrays in infos can have this type, but no space has it. */
    COMPLEX64("complex64", 8),
    /** Two binary64 numbers, the real part first. Arrays in infos can have this type, but no space has it. */
    COMPLEX128("complex128", 16);

    private final String numpyName;
    private final int byteSize;

    DType(String numpyName, int byteSize) {
        this.numpyName = numpyName;
        this.byteSize = byteSize;
    }

    /** The size of one element in bytes. */
    public int byteSize() {
        return byteSize;
    }

    /** Numpy's name of the type, for example {@code float32}. */
    public String numpyName() {
        return numpyName;
    }

    /** Whether the type is one of the floating-point types. */
    public boolean isFloat() {
        return this == FLOAT16 || this == FLOAT32 || this == FLOAT64;
    }

    /** Whether the type is complex. {@link NdArray} does not return complex elements as doubles or longs. */
    public boolean isComplex() {
        return this == COMPLEX64 || this == COMPLEX128;
    }

    /** Whether the type is an integer without sign; a bool is not an integer. */
    public boolean isUnsigned() {
        return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
    }

    /** Whether the type is an integer, with or without sign; a bool is not an integer. */
    public boolean isInteger() {
        return !isFloat() && !isComplex() && this != BOOL;
    }

    /**
     * Whether a cast to {@code target} is safe according to numpy: the cast changes no value, except that it can round
     * 64-bit integers.
     */
    public boolean castsSafelyTo(DType target) {
        if (this == target || this == BOOL) {
            return true;
        }
        if (target == BOOL) {
            return false;
        }
        if (target.isComplex()) {
            return isComplex() ? byteSize < target.byteSize : castsSafelyTo(target == COMPLEX64 ? FLOAT32 : FLOAT64);
        }
        if (isComplex()) {
            return false;
        }
        if (target.isFloat()) {
            // numpy treats the cast of 64-bit integers to float64 as safe, although large integers are rounded.
            return isFloat() ? byteSize < target.byteSize : byteSize < target.byteSize || target == FLOAT64;
        }
        if (isFloat() || !isUnsigned() && target.isUnsigned()) {
            return false;
        }
        return isUnsigned() == target.isUnsigned() ? byteSize <= target.byteSize : byteSize < target.byteSize;
    }

    /** The smallest value of an integer type or bool, as a double. */
    double minValue() {
        return isUnsigned() || this == BOOL ? 0.0 : -Math.scalb(1.0, 8 * byteSize - 1);
    }

    /**
     * One more than the largest value of an integer type or bool. A double represents this number exactly, because it
     * is a power of two. The largest value of a 64-bit type would be rounded.
     */
    double endValue() {
        return this == BOOL ? 2.0 : Math.scalb(1.0, isUnsigned() ? 8 * byteSize : 8 * byteSize - 1);
    }

    @Override
    public String toString() {
        return numpyName;
    }
}
