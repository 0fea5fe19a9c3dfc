// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Settings;

/**
 * How vine sampling spends the steps of a batch. Of the T steps that each of E environments takes in an iteration, the
 * branches take the last ceil(N K / E) H, in rounds of one branch for each environment, and the trunk all others.
 *
 * @param envs E
 * @param segment T
 * @param shape N states, K actions in each, H steps after each
 */
public record VinePlan(int envs, int segment, Branches.Shape shape) {

    /** Most choices of a Discrete action that are all tried: more would leave too few states. */
    static final int MOST_CHOICES = 10;
    /** Actions drawn in a state: few, so that there are more states. */
    static final int DRAWS = 4;
    /** Steps of a branch: few, so that there are more states; the critic's error is discounted as often. */
    static final int HORIZON = 10;

    public VinePlan {
        long rounds = ceilDiv((long) shape.states() * shape.actions(), envs);
        long needed = rounds * shape.horizon() + ceilDiv(shape.states(), envs);
        if (needed > segment) {
            throw new IllegalArgumentException("vine sampling does not fit the batch: with " + shape.states()
                    + " states, " + shape.actions() + " actions in each and " + shape.horizon()
                    + " steps after each, each of the " + envs + " environments needs " + needed + " steps and has "
                    + segment + "; give a larger --batch, or smaller --vine-states, --vine-actions or --vine-horizon");
        }
    }

    /**
     * The plan of the settings. What is not given: all actions of a small Discrete, else {@value #DRAWS} draws; then
     * {@value #HORIZON} steps, or as many as let half of the batch pay for one state; then the states that half of the
     * batch pays for.
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

    /** The trunk's steps of each environment. */
    public int trunk() {
        return segment - rounds() * shape.horizon();
    }

    /** How often each environment takes a branch. */
    public int rounds() {
        return (int) ceilDiv((long) shape.states() * shape.actions(), envs);
    }

    /** At how many of the trunk's steps states are taken: at each those of all environments, at the last of some. */
    public int times() {
        return (int) ceilDiv(shape.states(), envs);
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    /** The plan for people. */
    @Override
    public String toString() {
        return "a trunk of " + trunk() * envs + " steps, " + shape.states() + " states of it, in each "
                + (shape.allActions() ? "all " : "") + shape.actions() + " actions"
                + (shape.allActions() ? "" : " drawn") + ", after each " + shape.horizon()
                + (shape.horizon() == 1 ? " step" : " steps");
    }
}
