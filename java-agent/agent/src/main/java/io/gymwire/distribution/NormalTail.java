// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import org.apache.commons.numbers.gamma.Erfcx;

/**
 * The upper tail of the standard normal distribution, Q(z) = P(Z &gt;= z).
 *
 * <p>For z &gt;= 0, Q(z) = exp(-z^2 / 2) erfcx(z / sqrt 2) / 2 with the scaled complementary error function erfcx.
 * For such z, {@link #log} and {@link #hazard} need erfcx but not exp, so they do not underflow: both have a relative
 * error of about 1e-15, however small Q is. For z &lt; 0, Q(z) = 1 - Q(-z).
 *
 * <p>The bits are the same on every machine. This class uses StrictMath, and erfcx only for arguments of at least 0.
 * For such arguments, erfcx uses only one function that may differ between JVMs: Math.expm1, which calls StrictMath in
 * OpenJDK. {@code NormalTailTest} checks the bits of Math.expm1.
 */
final class NormalTail {

    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);

    private NormalTail() {}

    /** log Q(z). */
    static double log(double z) {
        return z >= 0
                ? StrictMath.log(scaled(z)) - 0.5 * z * z
                : StrictMath.log1p(-scaled(-z) * StrictMath.exp(-0.5 * z * z));
    }

    /** The density at z divided by Q(z), which is minus the slope of log Q. */
    static double hazard(double z) {
        if (z >= 0) {
            return DENSITY_AT_ZERO / scaled(z);
        }
        double density = StrictMath.exp(-0.5 * z * z);
        return DENSITY_AT_ZERO * density / (1 - scaled(-z) * density);
    }

    /** exp(z^2 / 2) Q(z). */
    private static double scaled(double z) {
        return 0.5 * Erfcx.value(z * SQRT_HALF);
    }
}
