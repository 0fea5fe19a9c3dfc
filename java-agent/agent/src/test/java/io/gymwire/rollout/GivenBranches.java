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
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/** Branches with values that a test gives. */
public final class GivenBranches {

    private GivenBranches() {}

    /**
     * The actions that were tried in the first N states of a trunk.
     *
     * @param actions K matrices [N][action size]
     * @param values the values of these actions [K][N]
     * @param all whether these are all possible actions
     */
    public record Tried(DMatrixRMaj[] actions, double[][] values, boolean all) {}

    /**
     * A batch of a trunk and the given branches. Each branch ends in a terminal state after one step.
     *
     * @param trunk the observations of the trunk's R states [R][observation size]; R is at least N
     */
    public static Batch batch(Policy policy, double[] theta, DMatrixRMaj trunk, Tried tried) {
        int states = tried.values[0].length;
        int actionSize = policy.distribution().actionSize();
        Rollout rollout = new Rollout(trunk.numRows, 1, trunk.numCols, actionSize);
        rollout.observations().setTo(trunk);
        Arrays.fill(rollout.actions().data, 1);
        Branches branches = new Branches(
                new Branches.Shape(states, tried.actions.length, tried.all, 1),
                trunk.numRows,
                trunk.numCols,
                actionSize);
        branches.begin();
        for (int n = 0; n < states; n++) {
            // The branches start in the states of the trunk's first N rows, in reverse order.
            branches.state(n, states - 1 - n);
            for (int k = 0; k < tried.actions.length; k++) {
                branches.action(n, k, tried.actions[k], states - 1 - n);
                branches.reward(n, k, tried.values[k][states - 1 - n], 1);
                branches.terminal(n, k);
            }
        }
        ValueFunction critic = new ValueFunction(
                Mlp.withHidden(trunk.numCols, new int[0], 1),
                Settings.DEFAULTS,
                new RandomStream(1, Role.VALUE_INIT, 0));
        branches.evaluate(
                new ActorCritic(policy, theta, critic, new ObservationNormalizer(new boolean[trunk.numCols])), rollout);
        return Batch.onPolicy(rollout.observations(), rollout.actions(), new double[trunk.numRows])
                .with(branches);
    }
}
