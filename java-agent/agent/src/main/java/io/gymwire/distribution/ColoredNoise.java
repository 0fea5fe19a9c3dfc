// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;

/**
 * Standard normal numbers. For periods of up to about {@value #LENGTH} steps, their power falls with the frequency f
 * about as 1 / f^color: white noise for color 0, pink for 1, red for 2. With a color above 0, successive numbers are
 * correlated; each single number is N(0, 1).
 *
 * <p>White noise is filtered by (1 - z^-1)^(-color / 2), where z^-1 is a delay of one step. The filter's coefficients
 * are h_0 = 1 and, from k = 1 on, h_k = h_(k-1) (k - 1 + color / 2) / k (Kasdin 1995, DOI 10.1109/5.381848). Only the
 * first {@value #LENGTH} are used; they are scaled so that the noise has variance 1. A number depends only on its place
 * in the stream, so no state is kept between numbers.
 */
final class ColoredNoise {

    /**
     * If the color is above 0, each number is computed from {@value} values of white noise. Numbers with a distance of
     * at least {@value} steps are not correlated. This length suffices for swimming and walking robots: each of their
     * movements takes fewer steps.
     */
    static final int LENGTH = 32;

    private final double[] weights; // the first is the weight of the newest value of white noise

    /**
     * Noise of a color.
     *
     * @param color the exponent in 1 / f^color, in [0, {@value Gaussian#MAX_NOISE_COLOR}]
     */
    ColoredNoise(double color) {
        if (!(color >= 0 && color <= Gaussian.MAX_NOISE_COLOR)) {
            throw new IllegalArgumentException(
                    "the color of noise must lie in [0, " + Gaussian.MAX_NOISE_COLOR + "]; got " + color);
        }
        this.weights = new double[color == 0 ? 1 : LENGTH];
        weights[0] = 1;
        double squares = 1;
        for (int k = 1; k < weights.length; k++) {
            weights[k] = weights[k - 1] * (k - 1 + color / 2) / k;
            squares += weights[k] * weights[k];
        }
        for (int k = 0; k < weights.length; k++) {
            weights[k] /= Math.sqrt(squares);
        }
    }

    /**
     * Computes one number of a sequence. A stream contains {@code size} independent sequences.
     *
     * @param step the number's place in its sequence, from 0
     * @param sequence the index of the sequence, from 0 to {@code size - 1}
     */
    double at(RandomStream random, long step, int size, int sequence) {
        double noise = 0;
        for (int k = 0; k < weights.length; k++) {
            noise = Math.fma(weights[k], random.gaussian((step + weights.length - 1 - k) * size + sequence), noise);
        }
        return noise;
    }
}
