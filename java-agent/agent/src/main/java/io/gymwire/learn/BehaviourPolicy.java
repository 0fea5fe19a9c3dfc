// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.observe.ObservationNormalizer;

/**
 * The policy that draws the actions of batches, mu in Espeholt et al. (2018, arXiv:1802.01561). With {@code --lag 0} it
 * is the learner's policy pi. With {@code --lag 1} it is pi before the last update. It then has its own arrays, because
 * it draws while pi changes.
 *
 * @param theta the policy's parameters [P]: the array itself, not a copy
 * @param normalizer the normaliser of the policy's observations: the object itself, not a copy
 */
public record BehaviourPolicy(double[] theta, ObservationNormalizer normalizer) {

    /** Copies the current parameters and statistics of another policy into this one. */
    void copy(double[] otherTheta, ObservationNormalizer otherNormalizer) {
        System.arraycopy(otherTheta, 0, theta, 0, theta.length);
        normalizer.copy(otherNormalizer);
    }
}
