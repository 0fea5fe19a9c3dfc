// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class VectorsTest {

    @Test
    void dotProductAndNormAndMeanAndVarianceFollowTheirDefinitions() {
        double[] a = {3, -4, 1};
        assertEquals(3 * 2 + 4 + 5, Vectors.dot(a, new double[] {2, -1, 5}));
        assertEquals(5, Vectors.norm(new double[] {3, -4}));
        assertEquals(0, Vectors.mean(a));
        assertEquals(26.0 / 3, Vectors.variance(a));
    }

    @Test
    void varianceOfNumbersFarFromZeroKeepsItsDigits() {
        assertEquals(0.25, Vectors.variance(new double[] {1e9, 1e9 + 1, 1e9, 1e9 + 1}));
    }

    @Test
    void meanAndVarianceOfNoNumbersAreNaN() {
        assertTrue(Double.isNaN(Vectors.mean(new double[0])));
        assertTrue(Double.isNaN(Vectors.variance(new double[0])));
    }

    @Test
    void findsNumbersThatAreNotFinite() {
        assertTrue(Vectors.isFinite(new double[] {0, Double.MAX_VALUE}));
        assertFalse(Vectors.isFinite(new double[] {0, Double.NaN}));
        assertFalse(Vectors.isFinite(new double[] {Double.NEGATIVE_INFINITY, 0}));
    }
}
