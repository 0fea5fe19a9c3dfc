// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

/** Chooses the states of a batch from which the Fisher matrix is estimated. */
final class StateSample {

    private StateSample() {}

    /**
     * Chooses one of every {@code stride} states. The chosen states are spread evenly over time and over the
     * environments: any {@code envs} consecutive chosen states contain one state of each environment.
     *
     * @param rows the number of states in the batch, a multiple of {@code envs}; the state of step t and environment n
     *     has the index t * envs + n
     * @return indices, ascending [rows / stride, rounded up]
     */
    static int[] every(int stride, int rows, int envs) {
        int[] sample = new int[(rows - 1) / stride + 1];
        // Without the shift by round % common, all states would come from environments whose index n is a multiple of
        // the common divisor.
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
