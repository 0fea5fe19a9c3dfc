// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import org.ejml.data.DMatrixRMaj;

/**
 * What one update learns from: N transitions under the old policy, in any order.
 *
 * @param observations as the policy saw them (normalised), [N][observation size]
 * @param actions as the policy drew them (unclipped), [N][action size]
 * @param advantages A(s_i, a_i) before normalisation, [N]
 * @param values V(s_i) of the critic that the advantages were computed with, [N]
 * @param returns the critic's targets A(s_i, a_i) + V(s_i), [N]
 */
public record Batch(
        DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages, double[] values, double[] returns) {

    public Batch {
        int size = observations.numRows;
        if (size == 0) {
            throw new IllegalArgumentException("a batch needs at least one transition");
        }
        if (actions.numRows != size || advantages.length != size || values.length != size || returns.length != size) {
            throw new IllegalArgumentException(
                    "a batch of " + size + " observations has " + actions.numRows + " actions, " + advantages.length
                            + " advantages, " + values.length + " values and " + returns.length + " returns");
        }
    }

    /** N. */
    public int size() {
        return observations.numRows;
    }
}
