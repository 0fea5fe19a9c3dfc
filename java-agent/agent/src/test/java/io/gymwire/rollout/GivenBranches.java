// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.net.Mlp;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.policy.ValueFunction;
import io.gymwire.settings.Settings;
import org.ejml.data.DMatrixRMaj;

/** Branches whose values a test gives. */
public final class GivenBranches {

    private GivenBranches() {}

    /**
     * Branches that end in terminal states after one step.
     *
     * @param observations [N][observation size]
     * @param actions [K] of [N][action size]
     * @param values [K][N]
     */
    public static Branches of(
            Policy policy, DMatrixRMaj observations, DMatrixRMaj[] actions, double[][] values, boolean all) {
        int states = observations.numRows;
        Branches branches = new Branches(
                new Branches.Shape(states, actions.length, all, 1), observations.numCols, actions[0].numCols);
        branches.begin();
        for (int n = 0; n < states; n++) {
            branches.state(n, observations, n);
            for (int k = 0; k < actions.length; k++) {
                branches.action(n, k, actions[k], n);
                branches.reward(n, k, values[k][n], 1);
                branches.terminal(n, k);
            }
        }
        ValueFunction critic = new ValueFunction(
                Mlp.withHidden(observations.numCols, new int[0], 1),
                Settings.DEFAULTS,
                new RandomStream(1, Role.VALUE_INIT, 0));
        branches.evaluate(new ActorCritic(
                policy,
                new double[policy.parameterCount()],
                critic,
                new ObservationNormalizer(new boolean[observations.numCols])));
        return branches;
    }
}
