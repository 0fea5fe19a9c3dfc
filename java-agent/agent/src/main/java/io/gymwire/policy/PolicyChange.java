// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.linalg.RowChunks;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import org.ejml.data.DMatrixRMaj;

/** The change of a policy: the mean KL divergence between its old and new distributions in the states of a batch. */
public final class PolicyChange {

    private final Policy policy;
    private final double[] oldTheta; // [P]
    private Activations old;
    private Activations now;
    private double[] divergences = new double[0]; // [N]

    /** Creates an object that measures the changes of one policy. The object reuses its memory. */
    public PolicyChange(Policy policy) {
        this.policy = policy;
        this.oldTheta = new double[policy.parameterCount()];
    }

    /**
     * Stores the policy's distributions before the change.
     *
     * @param theta [P]; not modified
     * @param observations the normalised observations [N][observation size]; not modified
     */
    public void begin(double[] theta, DMatrixRMaj observations) {
        System.arraycopy(theta, 0, oldTheta, 0, oldTheta.length);
        old = forward(oldTheta, observations, old);
    }

    /**
     * The mean KL(old || new), in nats. The old policy is the policy at {@link #begin}, and the new policy has the
     * parameters {@code theta}.
     *
     * @param theta [P]; not modified
     * @param observations the observations of the same N states, normalised with the current statistics; not modified
     */
    public double divergence(double[] theta, DMatrixRMaj observations) {
        now = forward(theta, observations, now);
        int rows = observations.numRows;
        if (divergences.length != rows) {
            divergences = new double[rows];
        }
        policy.distribution().divergence(policy.inputs(oldTheta, old), policy.inputs(theta, now), divergences, 0, rows);
        return Vectors.mean(divergences);
    }

    private Activations forward(double[] theta, DMatrixRMaj observations, Activations reused) {
        Activations activations = policy.network().activations(observations, reused);
        RowChunks.forEach(observations.numRows, (chunk, from, to) -> policy.forward(theta, activations, from, to));
        return activations;
    }
}
