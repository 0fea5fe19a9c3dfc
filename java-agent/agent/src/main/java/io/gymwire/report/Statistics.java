// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.Arrays;

/** Statistics over scores, for example one per seed. Inputs are not modified; without scores the result is NaN. */
final class Statistics {

    /** The fraction of the scores that the interquartile mean leaves out at each end. */
    private static final double TRIMMED = 0.25;

    private Statistics() {}

    static double mean(double[] scores) {
        return Arrays.stream(scores).average().orElse(Double.NaN);
    }

    /** The standard deviation of a sample, with the divisor n - 1; NaN for fewer than two scores. */
    static double std(double[] scores) {
        if (scores.length < 2) {
            return Double.NaN;
        }
        double mean = mean(scores);
        double squares = Arrays.stream(scores)
                .map(score -> (score - mean) * (score - mean))
                .sum();
        return Math.sqrt(squares / (scores.length - 1));
    }

    static double median(double[] scores) {
        return percentile(scores, 50);
    }

    /**
     * The interquartile mean of Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice"
     * (2021): the mean of n scores without the floor(n/4) lowest and the floor(n/4) highest scores.
     */
    static double interquartileMean(double[] scores) {
        double[] sorted = sorted(scores);
        int cut = (int) (TRIMMED * sorted.length);
        return mean(Arrays.copyOfRange(sorted, cut, sorted.length - cut));
    }

    /**
     * A percentile, as NumPy computes it by default: 0 is the lowest score, 100 is the highest score, and between
     * scores the value is linearly interpolated.
     *
     * @param percent a number from 0 to 100
     */
    static double percentile(double[] scores, double percent) {
        if (scores.length == 0) {
            return Double.NaN;
        }
        double[] sorted = sorted(scores);
        double position = percent / 100 * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    private static double[] sorted(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
