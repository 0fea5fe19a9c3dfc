// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Stratified bootstrap intervals as in Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical
 * Precipice" (2021). For a statistic over several environments, each environment is a stratum. Otherwise there is only
 * one stratum. From each stratum with n scores, each replication draws n scores with replacement. The ends of the
 * interval are percentiles of the statistic over the replications.
 *
 * <p>The seed is fixed, and Java specifies the numbers of {@link Random}. So the same scores give the same interval on
 * every machine.
 */
public final class Bootstrap {

    /** The confidence of the intervals, in percent. */
    public static final int CONFIDENCE = 95;

    private static final long SEED = 1;

    private Bootstrap() {}

    /** An interval; both ends are NaN if no stratum has two or more scores. */
    public record Interval(double low, double high) {

        static final Interval NONE = new Interval(Double.NaN, Double.NaN);

        /** Whether there were enough scores. */
        public boolean isKnown() {
            return !Double.isNaN(low);
        }
    }

    /**
     * The interval of a statistic.
     *
     * @param strata [strata][scores of the stratum]; not modified
     * @param statistic the statistic of all scores together; it must not modify them
     * @param replications number of bootstrap samples
     */
    public static Interval interval(double[][] strata, ToDoubleFunction<double[]> statistic, int replications) {
        int total = Arrays.stream(strata).mapToInt(stratum -> stratum.length).sum();
        if (Arrays.stream(strata).noneMatch(stratum -> stratum.length > 1)) {
            return Interval.NONE;
        }
        Random random = new Random(SEED);
        double[] drawn = new double[total];
        double[] statistics = new double[replications];
        for (int r = 0; r < replications; r++) {
            int at = 0;
            for (double[] stratum : strata) {
                for (int i = 0; i < stratum.length; i++) {
                    drawn[at++] = stratum[random.nextInt(stratum.length)];
                }
            }
            statistics[r] = statistic.applyAsDouble(drawn);
        }
        double tail = (100.0 - CONFIDENCE) / 2;
        return new Interval(Statistics.percentile(statistics, tail), Statistics.percentile(statistics, 100 - tail));
    }
}
