// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.learn.Learner;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.InvalidObservationException;
import io.gymwire.record.Csv;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.InvalidOutputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.ejml.data.DMatrixRMaj;

/**
 * Plays whole episodes with a trained policy and its frozen normaliser. Each episode has its own seed and its own
 * environment, so its result does not depend on the number of episodes.
 */
public final class Evaluator {

    /**
     * The seed of the first episode, the same for every run. Training resets its environments with random seeds below
     * 2^31, so it hardly ever uses a seed of an evaluation.
     */
    public static final long FIRST_SEED = 1_000_000;

    /** The maximum number of episodes that are played at the same time. */
    static final int SIDE_BY_SIDE = 16;

    /** The columns of the files of evaluations. */
    static final String COLUMNS = "step,seed,episode,return,length,policy";

    private Evaluator() {}

    /** Ends an evaluation that is no longer wanted. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** One episode: its environment seed, undiscounted return and length in steps. */
    public record Episode(long seed, double totalReward, long length) {}

    /**
     * Plays episodes with the seeds {@code firstSeed}, {@code firstSeed + 1}, ...
     *
     * @param open opens a session of the given number of environments in SAME_STEP mode. This method calls it for each
     *     group of at most {@value #SIDE_BY_SIDE} episodes, and closes the session after the group.
     * @param deterministic takes the most probable action instead of drawing an action
     */
    public static List<Episode> evaluate(
            Learner learner, IntFunction<VectorEnv> open, int count, boolean deterministic, long firstSeed) {
        return evaluate(
                count, open, (env, first) -> playOneEach(learner, env, deterministic, first, () -> {}), firstSeed);
    }

    /**
     * Plays episodes with the seeds from {@link #FIRST_SEED} on.
     *
     * @param afterEach called after each reset and step; an exception from it ends the evaluation
     */
    public static List<Episode> evaluate(
            Learner learner, IntFunction<VectorEnv> open, int count, boolean deterministic, Runnable afterEach) {
        return evaluate(
                count, open, (env, first) -> playOneEach(learner, env, deterministic, first, afterEach), FIRST_SEED);
    }

    private static List<Episode> evaluate(
            int count, IntFunction<VectorEnv> open, BiFunction<VectorEnv, Long, List<Episode>> play, long firstSeed) {
        List<Episode> episodes = new ArrayList<>();
        while (episodes.size() < count) {
            int envs = Math.min(SIDE_BY_SIDE, count - episodes.size());
            try (VectorEnv env = open.apply(envs)) {
                episodes.addAll(play.apply(env, firstSeed + episodes.size()));
            }
        }
        return episodes;
    }

    /**
     * Plays one episode in each environment. An environment with a shorter episode plays on until the longest episode
     * has ended. Only the first episode of each environment counts.
     *
     * @param afterEach called after the reset and after each step
     * @throws InvalidOutputException if an observation or a reward is invalid
     */
    static List<Episode> playOneEach(
            Learner learner, VectorEnv env, boolean deterministic, long firstSeed, Runnable afterEach) {
        int envs = env.numEnvs();
        long[] seeds = new long[envs];
        Arrays.setAll(seeds, i -> firstSeed + i);
        RandomStream[] random = new RandomStream[envs];
        Arrays.setAll(random, i -> new RandomStream(seeds[i], Role.EVALUATION, 0));
        Encoder encoder = learner.encoder();
        Actor actor = new Actor(learner.policy(), learner.theta(), learner.normalizer(), random);
        DMatrixRMaj actions =
                new DMatrixRMaj(envs, learner.policy().distribution().actionSize());
        double[] totals = new double[envs];
        long[] lengths = new long[envs];
        boolean[] done = new boolean[envs];
        int open = envs;
        VectorReset reset = env.reset(seeds);
        encode(env, 0, () -> encoder.encode(reset.batch(), envs, actor.raw(), 0));
        afterEach.run();
        for (long count = 1; open > 0; count++) {
            actor.act(0, envs, deterministic, actions, 0);
            env.sendBatch(learner.decoder().decode(actions, 0, envs));
            VectorStep step = env.receiveStep();
            afterEach.run();
            for (int i = 0; i < envs; i++) {
                if (!done[i]) {
                    if (!Double.isFinite(step.reward(i))) {
                        throw new InvalidOutputException(env.envId(), i, count, "the reward " + step.reward(i));
                    }
                    totals[i] += step.reward(i);
                    lengths[i]++;
                    done[i] = step.ended(i);
                    open -= done[i] ? 1 : 0;
                }
            }
            if (open > 0) {
                encode(env, count, () -> encoder.encodeStep(step, envs, actor.raw(), 0));
            }
        }
        List<Episode> episodes = new ArrayList<>();
        for (int i = 0; i < envs; i++) {
            episodes.add(new Episode(seeds[i], totals[i], lengths[i]));
        }
        return episodes;
    }

    private static void encode(VectorEnv env, long step, Runnable encode) {
        try {
            encode.run();
        } catch (InvalidObservationException e) {
            throw new InvalidOutputException(env.envId(), e.index(), step, e.getMessage());
        }
    }

    /**
     * The content of {@code evaluations.csv}: one row per episode with the {@link #COLUMNS}.
     *
     * @param step the number of steps after which the policy was saved
     */
    public static byte[] csv(long step, List<Episode> episodes, boolean deterministic) {
        StringBuilder csv = new StringBuilder(COLUMNS + "\n");
        rows(step, episodes, deterministic).forEach(row -> csv.append(row).append('\n'));
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The rows of {@link #csv}. */
    static List<String> rows(long step, List<Episode> episodes, boolean deterministic) {
        List<String> rows = new ArrayList<>();
        String policy = deterministic ? "deterministic" : "stochastic";
        for (int i = 0; i < episodes.size(); i++) {
            Episode episode = episodes.get(i);
            rows.add(Csv.line(List.of(step, episode.seed(), i, episode.totalReward(), episode.length(), policy)));
        }
        return rows;
    }
}
