// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tolerances for comparing numbers, and the comparisons that use them. */
public final class Tolerances {
    /** For log probabilities, KLs and entropies, with errors that come from a few dozen roundings. */
    public static final double DISTRIBUTION = 1e-12;
    /** For gradients and Fisher-vector products, which are sums over samples and layers. */
    public static final double DERIVATIVE = 1e-11;
    /** For results of conjugate gradient, which multiplies rounding errors by the condition number of the matrix. */
    public static final double SOLUTION = 1e-8;
    /**
     * For central differences with {@link #DIFFERENCE_STEP}. Their error comes from the higher terms of the Taylor
     * series, and from rounding errors, which are divided by the small step.
     */
    public static final double FINITE_DIFFERENCE = 1e-7;
    /** The step of central differences. */
    public static final double DIFFERENCE_STEP = 1e-5;

    private Tolerances() {}

    /** Fails when |actual - expected| exceeds {@code tolerance} times |expected|. |x| is the Euclidean norm of x. */
    public static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
        assertEquals(expected.length, actual.length, what + ": length");
        double distance = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            distance = Math.hypot(distance, actual[i] - expected[i]);
            size = Math.hypot(size, expected[i]);
        }
        assertTrue(distance <= tolerance * size, what + " is off by " + distance + " of " + size);
    }

    /** Fails when the numbers differ by more than {@code tolerance} times |expected|. */
    public static void assertClose(double expected, double actual, double tolerance, String what) {
        assertEquals(expected, actual, tolerance * Math.abs(expected), what);
    }
}
