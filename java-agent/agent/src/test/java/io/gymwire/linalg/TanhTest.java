// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TanhTest {
    private static final double MAX_ULPS = 3;

    @Test
    void isWithinThreeUlpsOnADenseGrid() {
        for (int i = -300_000; i <= 300_000; i++) {
            assertAccurate(i * 0x1.0fp-13);
        }
    }

    @Test
    void isWithinThreeUlpsAtEveryMagnitude() {
        for (int exponent = -1074; exponent <= 1023; exponent++) {
            for (double mantissa : new double[] {1, 1.234567, 1.5, 1.999999}) {
                assertAccurate(Math.scalb(mantissa, exponent));
            }
        }
    }

    @Test
    void negativeInputsGiveTheSameBitsExceptTheSign() {
        for (double x = 1e-320; x < 1e3; x = x * 1.37 + Double.MIN_VALUE) {
            assertEquals(Double.doubleToLongBits(-Tanh.of(x)), Double.doubleToLongBits(Tanh.of(-x)), "x = " + x);
        }
    }

    @Test
    void hasTheRightValuesAtZerosInfinitiesAndNan() {
        assertEquals(0L, Double.doubleToRawLongBits(Tanh.of(0.0)));
        assertEquals(Double.doubleToRawLongBits(-0.0), Double.doubleToRawLongBits(Tanh.of(-0.0)));
        assertEquals(1, Tanh.of(Double.POSITIVE_INFINITY));
        assertEquals(-1, Tanh.of(Double.NEGATIVE_INFINITY));
        assertEquals(1, Tanh.of(Double.MAX_VALUE));
        assertTrue(Double.isNaN(Tanh.of(Double.NaN)));
    }

    @Test
    void neverExceedsOne() {
        for (double x = 15; x < 25; x += 1e-4) {
            assertTrue(Tanh.of(x) <= 1, "x = " + x);
        }
    }

    private static void assertAccurate(double x) {
        double expected = StrictMath.tanh(x);
        assertEquals(expected, Tanh.of(x), MAX_ULPS * Math.ulp(expected), "x = " + x);
    }
}
