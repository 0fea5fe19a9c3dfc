// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.StepDriver;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ActionBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/** Takes a number of steps in each run of a loop, with the actions 0 and 1 in turn, and stores the observations. */
final class CountingDriver implements StepDriver {
    /** The observations of all environments, one array per step. */
    final List<double[]> observed = new ArrayList<>();
    /** The threads that processed answers. */
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private final int steps;
    private final int envs;
    private final int numbers;
    private final IntConsumer atEach;
    private int chosen;

    /**
     * A driver.
     *
     * @param steps the number of steps in each run of the loop
     * @param envs the number of environments
     * @param numbers the number of elements in the observations of all environments together
     * @param atEach called after each answer, with the number of answers so far
     */
    CountingDriver(int steps, int envs, int numbers, IntConsumer atEach) {
        this.steps = steps;
        this.envs = envs;
        this.numbers = numbers;
        this.atEach = atEach;
    }

    @Override
    public boolean take(VectorStep answer) {
        threads.add(Thread.currentThread());
        double[] observations = new double[numbers];
        answer.copyObservations(observations, 0, numbers);
        observed.add(observations);
        atEach.accept(observed.size());
        return observed.size() % steps != 0;
    }

    @Override
    public void choose(ActionBuffer actions) {
        for (int env = 0; env < envs; env++) {
            actions.put(env, chosen % 2);
        }
        chosen++;
    }
}
