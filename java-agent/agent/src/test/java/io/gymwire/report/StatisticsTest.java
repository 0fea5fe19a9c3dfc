// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.Golden;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Compares statistics with the values that NumPy computes. Compares bootstrap intervals with exact intervals, which are
 * computed from all possible resamples.
 */
class StatisticsTest {

    private static final int REPLICATIONS = 50_000;
    private static final Golden GOLDEN = Golden.read("statistics");

    private final double[] scores = GOLDEN.array("inputs", "scores");

    @Test
    void meanAndStandardDeviationAndMedianAndPercentileAreTheValuesOfNumPy() {
        assertEquals(GOLDEN.number("outputs", "mean"), Statistics.mean(scores), 1e-9);
        assertEquals(GOLDEN.number("outputs", "std"), Statistics.std(scores), 1e-9);
        assertEquals(GOLDEN.number("outputs", "median"), Statistics.median(scores), 1e-9);
        assertEquals(GOLDEN.number("outputs", "percentile_10"), Statistics.percentile(scores, 10), 1e-9);
    }

    @Test
    void theInterquartileMeanLeavesOutAQuarterOfTheScoresAtEachEnd() {
        assertEquals(GOLDEN.number("outputs", "iqm"), Statistics.interquartileMean(scores), 1e-9);
        assertEquals(2, Statistics.interquartileMean(new double[] {1, 2, 3}));
        assertEquals(2.5, Statistics.interquartileMean(new double[] {100, 2, 3, -100}));
    }

    @Test
    void tooFewScoresGiveNaNAndNoInterval() {
        assertTrue(Double.isNaN(Statistics.std(new double[] {1})));
        assertTrue(Double.isNaN(Statistics.mean(new double[0])));
        assertTrue(Double.isNaN(Statistics.median(new double[0])));
        assertFalse(Bootstrap.interval(new double[][] {{1}, {2}}, Statistics::mean, 10)
                .isKnown());
    }

    /**
     * Resamples have only a finite number of different interquartile means. With one stratum (group of scores), these
     * means are so far apart that the tolerance accepts only the ends of the exact interval. With two strata, the
     * possible means are 0.01 apart, and the tolerance also accepts the means next to the ends of the exact interval:
     * an interval from REPLICATIONS random resamples can end there.
     */
    @Test
    void bootstrapIntervalsAreNearTheExactIntervals() {
        double[] exact = GOLDEN.array("outputs", "one_stratum_interval");
        double[] five = Arrays.copyOf(scores, 5);
        Bootstrap.Interval one = Bootstrap.interval(new double[][] {five}, Statistics::interquartileMean, REPLICATIONS);
        assertArrayEquals(exact, new double[] {one.low(), one.high()}, 0.02 * (exact[1] - exact[0]));

        double[] exactTwo = GOLDEN.array("outputs", "two_strata_interval");
        double[][] strata = {GOLDEN.array("inputs", "first_stratum"), GOLDEN.array("inputs", "second_stratum")};
        Bootstrap.Interval two = Bootstrap.interval(strata, Statistics::interquartileMean, REPLICATIONS);
        assertArrayEquals(exactTwo, new double[] {two.low(), two.high()}, 0.02 * (exactTwo[1] - exactTwo[0]));
    }

    @Test
    void theSameScoresGiveTheSameInterval() {
        double[][] strata = {scores};
        assertEquals(
                Bootstrap.interval(strata, Statistics::mean, 100), Bootstrap.interval(strata, Statistics::mean, 100));
    }
}
