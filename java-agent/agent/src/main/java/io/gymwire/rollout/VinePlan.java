// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Settings;

/**
 * The plan that divides the steps of a batch between the trunk and the branches of vine sampling. Each of E
 * environments takes T steps in an iteration. The first steps are for the trunk. The last steps are for the branches:
 * K actions in each of N states make N K branches. The branches run in rounds: in each round, each environment takes H
 * steps and runs one branch. So there are ceil(N K / E) rounds. If N K is not a multiple of E, some environments only
 * repeat a branch in the last round. A branch has fewer than H steps if its episode ends earlier, but its environment
 * still takes H steps.
 *
 * @param envs E
 * @param segment T
 * @param shape N states, K actions in each state, at most H steps in each branch
 */
public record VinePlan(int envs, int segment, Branches.Shape shape) {

    /**
     * By default, all choices of a Discrete action are tried if it has from 2 to this number of choices. With more
     * choices, too few states would fit into a batch.
     */
    static final int MOST_CHOICES = 10;
    /** The default number of actions that are drawn in a state. It is small, so that more states fit into a batch. */
    static final int DRAWS = 4;
    /**
     * The default of H, the maximum number of steps of a branch. It is small, so that more states fit into a batch. It
     * is not smaller, because the critic's value at the end of a branch has an error. Each step of the branch
     * multiplies this error by the discount. So with a discount below 1, a longer branch makes the error smaller.
     */
    static final int HORIZON = 10;

    public VinePlan {
        long rounds = ceilDiv((long) shape.states() * shape.actions(), envs);
        long needed = rounds * shape.horizon() + ceilDiv(shape.states(), envs);
        if (needed > segment) {
            throw new IllegalArgumentException("vine sampling does not fit the batch: with " + shape.states()
                    + " states, " + shape.actions() + " actions in each and " + shape.horizon()
                    + " steps in each branch, each of the " + envs + " environments needs " + needed + " steps and has "
                    + segment + "; give a larger --batch, or smaller --vine-states, --vine-actions or --vine-horizon");
        }
    }

    /**
     * The plan that follows from the settings. By default, all choices of a Discrete action are tried if it has from 2
     * to {@value #MOST_CHOICES} choices; otherwise {@value #DRAWS} actions are drawn. By default, H is
     * {@value #HORIZON}. It is smaller if the branches of one state would otherwise not fit into half of the batch. The
     * default number of states is the largest that fits into half of the batch, but at least 1.
     *
     * @throws IllegalArgumentException if a batch has too few steps
     */
    public static VinePlan of(Settings settings, Space actionSpace) {
        int envs = settings.get(RolloutSettings.ENVS);
        int segment = settings.get(RolloutSettings.BATCH) / envs;
        long choices = actionSpace instanceof DiscreteSpace discrete ? discrete.n() : 0;
        boolean small = choices >= 2 && choices <= MOST_CHOICES;
        int actions =
                settings.has(VineSettings.ACTIONS) ? settings.get(VineSettings.ACTIONS) : small ? (int) choices : DRAWS;
        int roundsOfState = (int) ceilDiv(actions, envs);
        int half = Math.max(segment / 2, roundsOfState);
        int horizon = settings.has(VineSettings.HORIZON)
                ? settings.get(VineSettings.HORIZON)
                : Math.min(HORIZON, half / roundsOfState);
        long affordable = (long) (half / horizon) * envs / actions;
        int states =
                settings.has(VineSettings.STATES) ? settings.get(VineSettings.STATES) : (int) Math.max(1, affordable);
        boolean all = small && actions == choices;
        return new VinePlan(envs, segment, new Branches.Shape(states, actions, all, horizon));
    }

    /** The number of steps of the trunk in each environment. */
    public int trunk() {
        return segment - rounds() * shape.horizon();
    }

    /** The number of branches that each environment runs. */
    public int rounds() {
        return (int) ceilDiv((long) shape.states() * shape.actions(), envs);
    }

    /**
     * The number of the trunk's steps at which branches start. At each of these steps, branches start from the states
     * of all environments. The last of these steps is an exception if N is not a multiple of E: there, branches start
     * only from the states of some environments.
     */
    public int times() {
        return (int) ceilDiv(shape.states(), envs);
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    /** The plan as a text for people. */
    @Override
    public String toString() {
        return "a trunk of " + trunk() * envs + " steps, " + shape.states() + " of its states, "
                + (shape.allActions() ? "all " : "") + shape.actions() + (shape.allActions() ? "" : " drawn")
                + " actions in each, at most " + shape.horizon() + (shape.horizon() == 1 ? " step" : " steps")
                + " in each branch";
    }
}
