// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import org.ejml.data.DMatrixRMaj;

/** Compares the old policy with another policy in the states of a batch, sample by sample. */
final class BatchPolicies {

    private final Policy policy;
    private final DMatrixRMaj actions; // [N][action size]
    private final DistributionInputs oldInputs;
    private final Activations now;
    private final double[] oldLogs; // [N]
    private final double[] ratios; // [N]
    private final double[] divergences; // [N]

    /** Evaluates the old policy on the samples. */
    BatchPolicies(Policy policy, double[] oldTheta, DMatrixRMaj observations, DMatrixRMaj actions) {
        int rows = observations.numRows;
        this.policy = policy;
        this.actions = actions;
        this.oldLogs = new double[rows];
        this.ratios = new double[rows];
        this.divergences = new double[rows];
        this.now = policy.network().activations(observations);
        Activations old = policy.network().activations(observations);
        this.oldInputs = policy.inputs(oldTheta, old);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(oldTheta, old, from, to);
            policy.distribution().logProbability(oldInputs, actions, oldLogs, from, to);
        });
    }

    /** Compares the old policy with the policy that has the parameters {@code newTheta}. */
    BatchPolicies with(double[] newTheta) {
        DistributionInputs newInputs = policy.inputs(newTheta, now);
        RowChunks.forEach(ratios.length, (chunk, from, to) -> {
            policy.forward(newTheta, now, from, to);
            policy.distribution().logProbability(newInputs, actions, ratios, from, to);
            policy.distribution().divergence(oldInputs, newInputs, divergences, from, to);
            for (int i = from; i < to; i++) {
                ratios[i] = StrictMath.exp(ratios[i] - oldLogs[i]);
            }
        });
        return this;
    }

    /** pi_new(a_i|s_i) / pi_old(a_i|s_i) [N]. The next call of {@link #with} overwrites this array. */
    double[] ratios() {
        return ratios;
    }

    /** KL(old || new) in each state, in nats [N]. The next call of {@link #with} overwrites this array. */
    double[] divergences() {
        return divergences;
    }
}
