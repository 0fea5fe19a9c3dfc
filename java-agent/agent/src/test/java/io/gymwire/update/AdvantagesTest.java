// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.update.natural.Updates;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdvantagesTest {

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-300, 1e300})
    void normalizedAdvantagesHaveMeanZeroAndStandardDeviationOne(double unit) {
        double[] advantages = Updates.moved(new double[1000], unit, Updates.gaussians(new Random(17), 1000));
        assertTrue(Advantages.normalize(advantages));
        assertEquals(0, Vectors.mean(advantages), 1e-14);
        assertEquals(1, Vectors.variance(advantages), 1e-13);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1e308, Double.MIN_VALUE})
    void equalAdvantagesBecomeZero(double constant) {
        double[] advantages = new double[7];
        Arrays.fill(advantages, constant);
        assertFalse(Advantages.normalize(advantages));
        assertArrayEquals(new double[7], advantages);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e6})
    void advantagesCountAsEqualIfTheyDifferOnlyByRounding(double size) {
        double[] advantages = {size, size + Math.ulp(size), size, size - Math.ulp(size)};
        assertFalse(Advantages.normalize(advantages));
    }
}
