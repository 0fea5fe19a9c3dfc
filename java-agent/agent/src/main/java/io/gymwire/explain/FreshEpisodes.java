// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.distribution.ActionDecoder;
import io.gymwire.env.VectorEnv;
import io.gymwire.evaluate.Evaluator;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.observe.Encoder;
import io.gymwire.policy.ValueFunction;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.ActorCritic;
import io.gymwire.rollout.GeneralizedAdvantage;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.ejml.data.DMatrixRMaj;

/**
 * Plays complete episodes with the policy before or after an update. The critic from before the update estimates the
 * values. Both policies get the seeds and random numbers of {@code eval --stochastic}, so they begin in the same
 * states.
 */
final class FreshEpisodes {

    private static final int SIDE_BY_SIDE = 16;
    private static final int STEPS = 64; // of each environment in one rollout

    private final Encoder encoder;
    private final ActionDecoder decoder;
    private final IntFunction<VectorEnv> open;
    private final double gamma;
    private final Runnable afterEach;

    /**
     * One episode.
     *
     * @param undiscounted sum of the rewards
     * @param discounted sum of gamma^t r_t; plus gamma^T V(s_T) if the episode was only truncated
     * @param advantage sum of gamma^t A(s_t, a_t), where A(s_t, a_t) = r_t + gamma V(s_(t+1)) - V(s_t), and V(s_T) is 0
     *     if the episode terminated
     * @param length the number T of steps
     */
    record Episode(double undiscounted, double discounted, double advantage, long length) {}

    /**
     * Plays nothing yet.
     *
     * @param open opens a session of the given number of environments in SAME_STEP mode; {@link #play} closes it
     * @param afterEach called between steps
     */
    FreshEpisodes(
            Encoder encoder, ActionDecoder decoder, IntFunction<VectorEnv> open, double gamma, Runnable afterEach) {
        this.encoder = encoder;
        this.decoder = decoder;
        this.open = open;
        this.gamma = gamma;
        this.afterEach = afterEach;
    }

    /**
     * Plays episodes with the seeds of evaluations.
     *
     * @param player the policy that chooses the actions, and the critic that estimates the values
     */
    List<Episode> play(ActorCritic player, int count) {
        List<Episode> episodes = new ArrayList<>();
        while (episodes.size() < count) {
            try (VectorEnv env = open.apply(Math.min(SIDE_BY_SIDE, count - episodes.size()))) {
                episodes.addAll(playOneEach(player, env, Evaluator.FIRST_SEED + episodes.size()));
            }
        }
        return episodes;
    }

    private List<Episode> playOneEach(ActorCritic player, VectorEnv env, long firstSeed) {
        int envs = env.numEnvs();
        long[] seeds = new long[envs];
        Arrays.setAll(seeds, i -> firstSeed + i);
        RandomStream[] random = new RandomStream[envs];
        Arrays.setAll(random, i -> new RandomStream(seeds[i], Role.EVALUATION, 0));
        Actor actor = new Actor(player.policy(), player.theta(), player.normalizer(), random);
        RolloutCollector collector = new RolloutCollector(List.of(env), encoder, decoder, actor);
        Rollout rollout = new Rollout(
                STEPS, envs, encoder.size(), player.policy().distribution().actionSize());
        Sum[] sums = new Sum[envs];
        Arrays.setAll(sums, i -> new Sum());
        collector.reset(seeds);
        while (!Arrays.stream(sums).allMatch(sum -> sum.ended)) {
            collector.collect(rollout, () -> {
                afterEach.run();
                return false;
            });
            add(rollout, player.critic(), sums);
        }
        return Arrays.stream(sums).map(Sum::episode).toList();
    }

    private void add(Rollout rollout, ValueFunction critic, Sum[] sums) {
        int envs = rollout.envs();
        int size = rollout.size();
        double[] values = new double[size];
        double[] lastValues = new double[envs];
        critic.predict(rollout.observations(), values);
        critic.predict(rollout.lastObservations(), lastValues);
        double[] nextValues = new double[size];
        System.arraycopy(values, envs, nextValues, 0, size - envs);
        System.arraycopy(lastValues, 0, nextValues, size - envs, envs);
        for (Rollout.Final last : rollout.finals()) {
            double[] value = new double[1];
            critic.predict(DMatrixRMaj.wrap(1, encoder.size(), last.observation()), value);
            nextValues[last.index()] = value[0];
        }
        double[] advantages = new double[size];
        new GeneralizedAdvantage(gamma, 0)
                .estimate(
                        new GeneralizedAdvantage.Transitions(
                                rollout.rewards(), rollout.terminated(), rollout.truncated(), envs),
                        values,
                        nextValues,
                        new double[size],
                        advantages);
        for (int i = 0; i < size; i++) {
            Sum sum = sums[i % envs];
            if (!sum.ended) {
                boolean cut = rollout.truncated()[i] && !rollout.terminated()[i];
                sum.ended = rollout.terminated()[i] || cut;
                sum.add(rollout.rewards()[i], advantages[i], cut ? nextValues[i] : 0);
            }
        }
    }

    /** The sums of an episode so far. */
    private final class Sum {
        private double undiscounted;
        private double discounted;
        private double advantage;
        private double weight = 1; // gamma^t
        private long length;
        private boolean ended;

        private void add(double reward, double stepAdvantage, double valueAfter) {
            undiscounted += reward;
            discounted += weight * (reward + gamma * valueAfter);
            advantage += weight * stepAdvantage;
            weight *= gamma;
            length++;
        }

        private Episode episode() {
            return new Episode(undiscounted, discounted, advantage, length);
        }
    }
}
