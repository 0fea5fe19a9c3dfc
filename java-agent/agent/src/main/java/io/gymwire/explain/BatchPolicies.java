// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Rollout;

/** The old and the new policy in the states of a rollout, sample by sample. */
final class BatchPolicies {

    private final double[] ratios; // [T*N]
    private final double[] divergences; // [T*N]

    BatchPolicies(Policy policy, double[] oldTheta, double[] newTheta, Rollout rollout) {
        int rows = rollout.size();
        this.ratios = new double[rows];
        this.divergences = new double[rows];
        Activations old = policy.network().activations(rollout.observations());
        Activations now = policy.network().activations(rollout.observations());
        DistributionInputs oldInputs = policy.inputs(oldTheta, old);
        DistributionInputs newInputs = policy.inputs(newTheta, now);
        double[] oldLogs = new double[rows];
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(oldTheta, old, from, to);
            policy.forward(newTheta, now, from, to);
            policy.distribution().logProbability(oldInputs, rollout.actions(), oldLogs, from, to);
            policy.distribution().logProbability(newInputs, rollout.actions(), ratios, from, to);
            policy.distribution().divergence(oldInputs, newInputs, divergences, from, to);
            for (int i = from; i < to; i++) {
                ratios[i] = StrictMath.exp(ratios[i] - oldLogs[i]);
            }
        });
    }

    /** pi_new(a_i|s_i) / pi_old(a_i|s_i) [T*N]. */
    double[] ratios() {
        return ratios;
    }

    /** KL(old || new) in each state, in nats [T*N]. */
    double[] divergences() {
        return divergences;
    }
}
