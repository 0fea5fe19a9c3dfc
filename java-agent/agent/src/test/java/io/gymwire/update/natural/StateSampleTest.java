// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StateSampleTest {

    @ParameterizedTest
    @CsvSource({"8, 8", "16, 8", "4, 8", "5, 8", "6, 8", "12, 8", "3, 1", "64, 12", "2, 2", "7, 16"})
    void statesAreSampledEvenlyOverTimeAndEquallyOftenFromEachEnvironment(int stride, int envs) {
        int steps = 16 * stride;
        int[] sample = StateSample.every(stride, steps * envs, envs);
        assertEquals(16 * envs, sample.length);
        int[] ofEnv = new int[envs];
        for (int i = 0; i < sample.length; i++) {
            assertEquals(i, sample[i] / stride, "one of every " + stride + " states");
            ofEnv[sample[i] % envs]++;
        }
        assertTrue(Arrays.stream(ofEnv).allMatch(count -> count == 16), Arrays.toString(ofEnv));
    }

    @Test
    void aStrideThatDoesNotDivideTheBatchTakesOneStateOfTheRemainderToo() {
        assertArrayEquals(new int[] {0, 5, 10, 15}, StateSample.every(5, 16, 4));
        assertArrayEquals(new int[] {0}, StateSample.every(100, 16, 4));
    }
}
