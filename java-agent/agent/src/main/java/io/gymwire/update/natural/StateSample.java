// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

/** Which states of a batch the Fisher matrix is estimated from. */
final class StateSample {

    private StateSample() {}

    /**
     * One state of each {@code stride}, spread evenly over time and over the environments: of N samples that follow one
     * another, each of the N environments gave one.
     *
     * @param rows states of the batch, a multiple of {@code envs}; that of step t and environment n has the index
     *     t * envs + n
     * @return indices, rising [rows / stride, rounded up]
     */
    static int[] every(int stride, int rows, int envs) {
        int[] sample = new int[(rows + stride - 1) / stride];
        // The multiples of the stride alone would meet each common-th environment only.
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
