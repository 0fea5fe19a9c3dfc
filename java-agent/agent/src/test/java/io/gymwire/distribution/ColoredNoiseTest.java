// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.LogGamma;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ColoredNoiseTest {
    private static final int STEPS = 400_000;

    private final RandomStream stream = new RandomStream(4, RandomStream.Role.ACTION, 0);

    @Test
    void whiteNoiseIsTheStreamItself() {
        ColoredNoise white = new ColoredNoise(0);
        for (int step = 0; step < 10; step++) {
            assertEquals(stream.gaussian(step * 3 + 2), white.at(stream, step, 3, 2));
        }
    }

    /**
     * The expected correlation at each lag is computed from the filter's impulse response (its coefficients). With
     * d = color / 2, the coefficients are h_k = Gamma(k + d) / (Gamma(d) k!).
     */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1, 2})
    void hasUnitVarianceAndTheCorrelationsOfItsFilter(double color) {
        double[] noise = IntStream.range(0, STEPS)
                .mapToDouble(step -> new ColoredNoise(color).at(stream, step, 2, 1))
                .toArray();
        double d = color / 2;
        double[] response = IntStream.range(0, ColoredNoise.LENGTH)
                .mapToDouble(k -> d == 0
                        ? (k == 0 ? 1 : 0)
                        : Math.exp(LogGamma.value(k + d) - LogGamma.value(d) - LogGamma.value(k + 1)))
                .toArray();
        for (int lag : new int[] {0, 1, 5, 31, 40}) {
            assertEquals(
                    correlation(response, lag) / correlation(response, 0),
                    correlation(noise, lag) / STEPS,
                    0.02,
                    "lag " + lag);
        }
    }

    @Test
    void sequencesThatShareAStreamAreUncorrelated() {
        ColoredNoise pink = new ColoredNoise(1);
        double sum = IntStream.range(0, STEPS)
                .mapToDouble(step -> pink.at(stream, step, 2, 0) * pink.at(stream, step, 2, 1))
                .sum();
        assertEquals(0, sum / STEPS, 0.02);
    }

    @Test
    void theFirstNumbersVaryAsMuchAsTheOthers() {
        double squares = IntStream.range(0, 20_000)
                .mapToDouble(
                        seed -> new ColoredNoise(1).at(new RandomStream(seed, RandomStream.Role.ACTION, 0), 0, 1, 0))
                .map(noise -> noise * noise)
                .sum();
        assertEquals(1, squares / 20_000, 0.04);
    }

    @Test
    void aColorOutOfRangeIsRefused() {
        for (double color : new double[] {-0.1, 2.1, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new ColoredNoise(color))
                    .getMessage();
            assertTrue(message.contains("[0, 2]; got " + color), message);
        }
    }

    private static double correlation(double[] values, int lag) {
        return IntStream.range(0, Math.max(0, values.length - lag))
                .mapToDouble(i -> values[i] * values[i + lag])
                .sum();
    }
}
