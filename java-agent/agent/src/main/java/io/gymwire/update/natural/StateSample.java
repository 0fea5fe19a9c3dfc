// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

/** The choice of a batch's states for the estimate of the Fisher matrix. */
final class StateSample {

    private StateSample() {}

    /**
     * One of every {@code stride} states, spread evenly over time and over the environments: of N consecutive samples,
     * each of the N environments has one.
     *
     * @param rows the number of states in the batch, a multiple of {@code envs}; the state of step t and environment n
     *     has the index t * envs + n
     * @return indices, ascending [rows / stride, rounded up]
     */
    static int[] every(int stride, int rows, int envs) {
        int[] sample = new int[(rows + stride - 1) / stride];
        // Without the shift below, only environments with a multiple of the common divisor as number would have
        // samples.
        int common = greatestCommonDivisor(stride, envs);
        for (int i = 0; i < sample.length; i++) {
            int round = i / (envs / common);
            sample[i] = i * stride + round % common;
        }
        return sample;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
