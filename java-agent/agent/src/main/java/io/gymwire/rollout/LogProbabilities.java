// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;

/** Computes log pi(a|s) for a rollout's actions. The object reuses its memory. */
public final class LogProbabilities {

    private final Policy policy;
    private Activations activations;

    /** Creates an object for this policy. It can be used with any parameters of the policy. */
    public LogProbabilities(Policy policy) {
        this.policy = policy;
    }

    /**
     * Computes the log probabilities of the actions. This method uses the normalised observations in the rollout, and
     * does not normalise them again.
     *
     * @param theta the policy's parameters [P]; not modified
     * @param out [T*N]; overwritten
     */
    public void compute(Rollout rollout, double[] theta, double[] out) {
        activations = policy.network().activations(rollout.observations(), activations);
        DistributionInputs inputs = policy.inputs(theta, activations);
        RowChunks.forEach(rollout.size(), (chunk, from, to) -> {
            policy.forward(theta, activations, from, to);
            policy.distribution().logProbability(inputs, rollout.actions(), out, from, to);
        });
    }
}
