// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * Constants of tanh(x) = s * m / (m + 2) with m = exp(2|x|) - 1 and s the sign of x, and the scalar function.
 *
 * <p>exp(z) - 1 is 2^k (exp(r) - 1) + (2^k - 1) with k = round(z / ln 2) and r = z - k ln 2, |r| &lt;= ln 2 / 2.
 * Instead of exp(r) - 1, its Taylor polynomial to degree 14 is used. For such r, the remainder is below 2^-58. The only
 * operations are additions, multiplications, fused multiply-adds and one division. Each is correctly rounded, so the
 * bits are the same on every JVM; the bits of {@code Math.tanh} are not. |x| is capped where tanh rounds to 1.
 */
final class Tanh {

    /** tanh(x) rounds to 1 from about 19.06 on. */
    static final double CAP = 20;

    static final double INV_LN2 = 1 / 0.6931471805599453;
    /** The leading 33 bits of ln 2: the product of this number with any k that occurs is exact. */
    static final double LN2_HIGH = 0x1.62e42feep-1;
    /** ln 2 - LN2_HIGH. */
    static final double LN2_LOW = 0x1.a39ef35793c76p-33;
    /** Adding 1.5 * 2^52 rounds to an integer and leaves this integer in the low bits. */
    static final double ROUND = 0x1.8p52;

    static final long ONE_BITS = 0x3ff0000000000000L;

    /** 1/n! for n = 14 down to 2: the Taylor coefficients of (exp(r) - 1 - r) / r^2, highest first. */
    static final double[] INVERSE_FACTORIALS = inverseFactorials();

    private Tanh() {}

    static double of(double x) {
        double z = 2 * Math.min(Math.abs(x), CAP);
        double shifted = Math.fma(z, INV_LN2, ROUND);
        double k = shifted - ROUND;
        double r = Math.fma(k, -LN2_LOW, Math.fma(k, -LN2_HIGH, z));
        double q = INVERSE_FACTORIALS[0];
        for (int n = 1; n < INVERSE_FACTORIALS.length; n++) {
            q = Math.fma(q, r, INVERSE_FACTORIALS[n]);
        }
        double expm1 = Math.fma(q * r, r, r);
        double power = Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) << 52) + ONE_BITS);
        double m = Math.fma(power, expm1, power - 1);
        return Math.copySign(m / (m + 2), x);
    }

    private static double[] inverseFactorials() {
        double[] inverse = new double[13];
        double factorial = 1;
        for (int n = 2; n <= 14; n++) {
            factorial *= n;
            inverse[14 - n] = 1 / factorial;
        }
        return inverse;
    }
}
