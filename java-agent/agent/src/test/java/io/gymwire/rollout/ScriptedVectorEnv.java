// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.MemoryEnv;
import io.gymwire.testing.MemoryStep;
import java.util.Map;

/**
 * Environments in memory. The observation of environment e is [e, number of episodes begun, s], where s is the number
 * of steps made in the episode. The reward of a step is 100 e + s + action / 1000, where s includes this step. An
 * episode of environment e takes e + 2 steps. Episodes end in turn with a truncation, with a terminal state, and with
 * both in the same step.
 */
final class ScriptedVectorEnv extends MemoryEnv {
    /** The bounds have no effect: neither the encoder nor the collector uses them. */
    static final BoxSpace OBSERVATIONS =
            new BoxSpace(DType.FLOAT64, new int[] {3}, new double[3], new double[] {99, 99, 99});

    static final BoxSpace ACTIONS = new BoxSpace(DType.FLOAT64, new int[] {1}, new double[] {-1}, new double[] {1});

    private final int first;
    private final int count;
    private final int[] episode; // [count], the episodes begun
    private final int[] step; // [count], the steps made in the episode
    private int steps;
    private int badRewardAt = -1;
    private int badObservationAt = -1;

    /** The environments {@code first}, ..., {@code first + count - 1}. */
    ScriptedVectorEnv(int first, int count) {
        super("Scripted-v0", count, OBSERVATIONS, ACTIONS);
        this.first = first;
        this.count = count;
        this.episode = new int[count];
        this.step = new int[count];
    }

    /** Makes the reward of the last environment NaN at a step, counted from 1. */
    ScriptedVectorEnv withBadRewardAt(int at) {
        badRewardAt = at;
        return this;
    }

    /** Makes the last element of the last environment's observation infinite at a step, counted from 1. */
    ScriptedVectorEnv withBadObservationAt(int at) {
        badObservationAt = at;
        return this;
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        for (int i = 0; i < count; i++) {
            long seed = options.seeds().of(count).get(i).orElseThrow().longValueExact();
            if (seed != 1000 + first + i) {
                throw new AssertionError("environment " + (first + i) + " got the seed " + seed);
            }
            episode[i] = 1;
            step[i] = 0;
        }
        return new VectorReset(observations(), Map.of());
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        if (actions.size() != count) {
            throw new AssertionError("there are " + actions.size() + " actions");
        }
        steps++;
        double[] rewards = new double[count];
        boolean[] terminated = new boolean[count];
        boolean[] truncated = new boolean[count];
        NdArray[] finals = new NdArray[count];
        for (int i = 0; i < count; i++) {
            step[i]++;
            rewards[i] = 100 * (first + i) + step[i] + actions.getDouble(i) / 1000;
            if (step[i] == first + i + 2) {
                terminated[i] = episode[i] % 3 != 1;
                truncated[i] = episode[i] % 3 != 2;
                finals[i] = NdArray.ofDoubles(DType.FLOAT64, new int[] {3}, observation(i));
                episode[i]++;
                step[i] = 0;
            }
        }
        if (steps == badRewardAt) {
            rewards[count - 1] = Double.NaN;
        }
        return new MemoryStep(observations(), rewards, terminated, truncated, finals);
    }

    private NdArray observations() {
        double[] all = new double[3 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(observation(i), 0, all, 3 * i, 3);
        }
        if (steps == badObservationAt) {
            all[3 * count - 1] = Double.POSITIVE_INFINITY;
        }
        return NdArray.ofDoubles(DType.FLOAT64, new int[] {count, 3}, all);
    }

    private double[] observation(int i) {
        return new double[] {first + i, episode[i], step[i]};
    }
}
