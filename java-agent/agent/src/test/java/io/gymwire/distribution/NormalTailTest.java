// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * Compares {@link NormalTail} with a power series around 0 and with Laplace's continued fraction. NormalTail itself
 * uses another formula.
 */
final class NormalTailTest {

    @Test
    void nearZeroItAgreesWithTheSeries() {
        for (double z = -4; z <= 2; z += 0.01) {
            double tail = tailBySeries(z);
            assertEquals(Math.log(tail), NormalTail.log(z), DISTRIBUTION, "log Q(" + z + ")");
            assertEquals(density(z) / tail, NormalTail.hazard(z), DISTRIBUTION, "hazard at " + z);
        }
    }

    @Test
    void farAboveZeroItAgreesWithTheContinuedFraction() {
        for (double z = 2; z <= 1e4; z *= 1.1) {
            double hazard = hazardByContinuedFraction(z);
            assertEquals(hazard, NormalTail.hazard(z), DISTRIBUTION * z, "hazard at " + z);
            double log = -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - Math.log(hazard);
            assertEquals(log, NormalTail.log(z), DISTRIBUTION * Math.abs(log), "log Q(" + z + ")");
        }
    }

    @Test
    void farBelowZeroItAgreesWithOneMinusTheOppositeTail() {
        for (double z = -30; z <= -3; z += 0.1) {
            double below = density(z) / hazardByContinuedFraction(-z);
            assertEquals(Math.log1p(-below), NormalTail.log(z), 1e-13 * below, "log Q(" + z + ")");
            assertEquals(density(z) / (1 - below), NormalTail.hazard(z), 1e-13 * density(z), "hazard at " + z);
        }
    }

    /**
     * NormalTail must give the same bits on every machine. It uses erfcx, the scaled complementary error function of
     * Commons Numbers, only with arguments of at least 0. For some of them, erfcx calls Math.expm1 with arguments from
     * 0 to 0.25. A JVM can compute Math.expm1 with machine-specific code. For arguments of at least 0, erfcx uses no
     * other such function, and NormalTail itself uses StrictMath.
     */
    @Test
    void expm1HasTheBitsOfStrictMathForTheArgumentsThatErfcxUses() {
        for (int i = 0; i < 100_000; i++) {
            double x = 0.25 * i / 100_000;
            assertEquals(StrictMath.expm1(x), Math.expm1(x));
        }
    }

    /** Q(z) = 1/2 - phi(z) (z + z^3 / 3 + z^5 / (3 * 5) + ...). */
    private static double tailBySeries(double z) {
        double term = z;
        double sum = 0;
        for (int n = 1; n < 200; n++) {
            sum += term;
            term *= z * z / (2 * n + 1);
        }
        return 0.5 - density(z) * sum;
    }

    /** phi(z) / Q(z) = z + 1 / (z + 2 / (z + 3 / (z + ...))). */
    private static double hazardByContinuedFraction(double z) {
        double value = z;
        for (int n = 400; n >= 1; n--) {
            value = z + n / value;
        }
        return value;
    }

    private static double density(double z) {
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
}
