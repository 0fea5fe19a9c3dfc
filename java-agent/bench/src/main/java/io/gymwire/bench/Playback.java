// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.StepDriver;
import io.gymwire.env.StepLoop;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ActionBuffer;

/** Steps a vector environment with given actions in a step loop, as training does, and adds up the rewards. */
final class Playback implements StepDriver {

    private final int envs;
    private final double[][] actions; // [batches][envs * action size]
    private final StepLoop loop;
    private int steps;
    private int step;
    private double rewards;

    Playback(VectorEnv env, Actions actions) {
        this.envs = env.numEnvs();
        this.actions = new double[actions.batches().size()][];
        for (int i = 0; i < this.actions.length; i++) {
            this.actions[i] = actions.at(i).toDoubles();
        }
        this.loop = env.loop(this);
    }

    /** Starts the loop for the given number of steps. */
    void start(int count) {
        steps = count;
        step = 0;
        rewards = 0;
        loop.start();
    }

    /**
     * Waits for the end of the loop for up to {@code nanos} nanoseconds, as {@link StepLoop#await} does. Reports
     * whether the loop has ended.
     */
    boolean await(long nanos) {
        return loop.await(nanos);
    }

    /** The sum of the rewards since the start. */
    double rewards() {
        return rewards;
    }

    @Override
    public void choose(ActionBuffer buffer) {
        double[] batch = actions[step % actions.length];
        for (int i = 0; i < batch.length; i++) {
            buffer.put(i, batch[i]);
        }
    }

    @Override
    public boolean take(VectorStep answer) {
        for (int env = 0; env < envs; env++) {
            rewards += answer.reward(env);
        }
        step++;
        return step < steps;
    }
}
