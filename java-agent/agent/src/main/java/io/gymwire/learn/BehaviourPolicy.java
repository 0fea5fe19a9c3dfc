// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.observe.ObservationNormalizer;

/**
 * The policy that draws batches, mu in Espeholt et al. (2018, arXiv:1802.01561). Without a lag it is the learner's
 * policy pi. With a lag it is pi before the last update. It then has its own arrays, because it draws while pi changes.
 *
 * @param theta its parameters, live [P]
 * @param normalizer the normaliser of its observations, live
 */
public record BehaviourPolicy(double[] theta, ObservationNormalizer normalizer) {

    /** Copies the present numbers of another policy. */
    void copy(double[] otherTheta, ObservationNormalizer otherNormalizer) {
        System.arraycopy(otherTheta, 0, theta, 0, theta.length);
        normalizer.copy(otherNormalizer);
    }
}
