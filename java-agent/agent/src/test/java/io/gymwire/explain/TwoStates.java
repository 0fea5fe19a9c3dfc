// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.MemoryEnv;
import io.gymwire.testing.MemoryStep;
import java.util.Arrays;
import java.util.Map;

/**
 * A Markov decision process with values in closed form. Episodes begin in state 0. In state 0, action 0 gives the
 * reward 1 and ends the episode, and action 1 gives the reward 0 and leads to state 1. In state 1, action 0 gives the
 * reward 0.5 and leads to state 1 again, and action 1 gives the reward 3 and ends the episode. The observation is the
 * state, one-hot; the last observation of an episode is [0, 0].
 */
final class TwoStates extends MemoryEnv {

    static final BoxSpace OBSERVATIONS =
            new BoxSpace(DType.FLOAT64, new int[] {2}, new double[] {0, 0}, new double[] {1, 1});
    static final DiscreteSpace ACTIONS = new DiscreteSpace(2, 0, DType.INT64);

    private final int[] states; // [n]

    TwoStates(int count) {
        super("TwoStates-v0", count, OBSERVATIONS, ACTIONS);
        this.states = new int[count];
    }

    /** V of both states under a policy that takes action 1 in state s with probability p[s]. */
    static double[] values(double[] p, double gamma) {
        double second = ((1 - p[1]) * 0.5 + p[1] * 3) / (1 - gamma * (1 - p[1]));
        return new double[] {(1 - p[0]) + p[0] * gamma * second, second};
    }

    /** The advantages A(s, a) [state][action] for the values v. */
    static double[][] advantages(double[] v, double gamma) {
        return new double[][] {{1 - v[0], gamma * v[1] - v[0]}, {0.5 + gamma * v[1] - v[1], 3 - v[1]}};
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        Arrays.fill(states, 0);
        return new VectorReset(observations(), Map.of());
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        double[] rewards = new double[states.length];
        boolean[] ended = new boolean[states.length];
        NdArray[] finals = new NdArray[states.length];
        for (int env = 0; env < states.length; env++) {
            boolean one = actions.getDouble(env) == 1;
            boolean first = states[env] == 0;
            rewards[env] = first ? one ? 0 : 1 : one ? 3 : 0.5;
            ended[env] = first != one;
            states[env] = ended[env] ? 0 : 1;
            finals[env] = ended[env] ? NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 0, 0) : null;
        }
        return new MemoryStep(observations(), rewards, ended, new boolean[states.length], finals);
    }

    private NdArray observations() {
        double[] numbers = new double[2 * states.length];
        for (int env = 0; env < states.length; env++) {
            numbers[2 * env + states[env]] = 1;
        }
        return NdArray.ofDoubles(DType.FLOAT64, new int[] {states.length, 2}, numbers);
    }
}
