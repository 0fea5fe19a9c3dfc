// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

/** Converts IEEE 754 binary16 numbers to doubles and back. Java 17 has no type for binary16. */
final class Half {
    private static final double SMALLEST_SUBNORMAL = 0x1p-24;

    private Half() {}

    /** The exact value of the given bits. */
    static double toDouble(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude;
        if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * SMALLEST_SUBNORMAL;
        } else {
            magnitude = Math.scalb(1024.0 + fraction, exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The bits of the nearest binary16, with ties to even. A magnitude that is too large becomes an infinity. */
    static short fromDouble(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        if (Double.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 65520.0) {
            return (short) (sign | 0x7c00);
        }
        int exponent = Math.max(Math.getExponent(magnitude), -14);
        // The fraction of a normal number includes the leading bit, which has the value 1024. In the sum below, this
        // bit adds 1 to the exponent field. So the sum contains 14 instead of the bias 15. A fraction that is rounded
        // up to 2048 adds 2 to the exponent field: the result is then the next power of two, as it should be.
        long fraction = (long) Math.rint(Math.scalb(magnitude, 10 - exponent));
        return (short) (sign | (exponent + 14 << 10) + fraction);
    }
}
