// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * What one update learns from: N transitions, in any order.
 *
 * @param observations as the policy saw them (normalised), [N][observation size]
 * @param actions as the policy drew them (unclipped), [N][action size]
 * @param advantages A(s_i, a_i) before normalisation, [N]
 * @param weights pi_old(a_i|s_i) / pi_i(a_i|s_i), pi_i the policy that drew a_i: 1 where that is the old policy, [N]
 */
public record Batch(DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages, double[] weights) {

    public Batch {
        int size = observations.numRows;
        if (size == 0) {
            throw new IllegalArgumentException("a batch needs at least one transition");
        }
        if (actions.numRows != size || advantages.length != size || weights.length != size) {
            throw new IllegalArgumentException("a batch of " + size + " observations has " + actions.numRows
                    + " actions, " + advantages.length + " advantages and " + weights.length + " weights");
        }
    }

    /** Transitions under the old policy alone. */
    public static Batch onPolicy(DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages) {
        double[] ones = new double[advantages.length];
        Arrays.fill(ones, 1);
        return new Batch(observations, actions, advantages, ones);
    }

    /** N. */
    public int size() {
        return observations.numRows;
    }
}
