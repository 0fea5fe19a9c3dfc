// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * What one update learns from: N transitions, in any order.
 *
 * @param observations as the policy saw them (normalised), [N][observation size]
 * @param actions as the policy drew them (unclipped), [N][action size]
 * @param advantages A(s_i, a_i) before normalisation, [N]
 * @param weights pi_old(a_i|s_i) / pi_i(a_i|s_i), pi_i the policy that drew a_i: 1 where that is the old policy, [N]
 * @param values V(s_i) of the critic that the advantages were computed with, for the transitions just collected
 * @param returns the critic's targets A(s_i, a_i) + V(s_i), for the same
 */
public record Batch(
        DMatrixRMaj observations,
        DMatrixRMaj actions,
        double[] advantages,
        double[] weights,
        double[] values,
        double[] returns) {

    public Batch {
        int size = observations.numRows;
        if (size == 0) {
            throw new IllegalArgumentException("a batch needs at least one transition");
        }
        if (actions.numRows != size
                || advantages.length != size
                || weights.length != size
                || values.length != returns.length
                || values.length > size) {
            throw new IllegalArgumentException(
                    "a batch of " + size + " observations has " + actions.numRows + " actions, " + advantages.length
                            + " advantages, " + weights.length + " weights, " + values.length + " values and "
                            + returns.length + " returns");
        }
    }

    /** Transitions under the old policy alone. */
    public static Batch onPolicy(
            DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages, double[] values, double[] returns) {
        double[] ones = new double[advantages.length];
        Arrays.fill(ones, 1);
        return new Batch(observations, actions, advantages, ones, values, returns);
    }

    /** N. */
    public int size() {
        return observations.numRows;
    }
}
