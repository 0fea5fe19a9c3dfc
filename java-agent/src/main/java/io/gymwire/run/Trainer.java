// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.VectorEnv;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.ValueFunction;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.GeneralizedAdvantage;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutCollector;
import io.gymwire.trpo.Batch;
import io.gymwire.trpo.TrpoUpdate;
import io.gymwire.trpo.UpdateReport;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.ejml.data.DMatrixRMaj;

/**
 * The training loop: collect a batch, estimate advantages, improve the policy, fit the critic, update the normaliser.
 *
 * <p>The policy's update uses the critic as it was during the rollout; the critic is fitted afterwards.
 */
public final class Trainer {

    private final TrainConfig config;
    private final Learner learner;
    private final Actor actor;
    private final RolloutCollector collector;
    private final TrpoUpdate update;
    private final Rollout rollout;

    private final double[] values; // [T*N]
    private final double[] nextValues; // [T*N]
    private final double[] lastValues; // [N]
    private final double[] advantages; // [T*N]
    private final double[] returns; // [T*N]

    /** What one iteration did; durations in seconds. */
    public record Iteration(
            UpdateReport report, double valueLoss, double meanStd, List<Rollout.Episode> episodes,
            double rolloutSeconds, double updateSeconds, double criticSeconds) {}

    /**
     * A trainer of {@code learner}.
     *
     * @param sessions config.envs() environments in all, in SAME_STEP mode
     */
    public Trainer(TrainConfig config, Learner learner, List<VectorEnv> sessions) {
        this.config = config;
        this.learner = learner;
        RandomStream[] random = new RandomStream[config.envs()];
        Arrays.setAll(random, env -> new RandomStream(config.seed(), Role.ACTION, env));
        this.actor = new Actor(learner.policy(), learner.theta(), learner.normalizer(), random);
        System.arraycopy(learner.drawn(), 0, actor.drawn(), 0, config.envs());
        this.collector =
                new RolloutCollector(sessions, learner.encoder(), learner.decoder(), learner.normalizer(), actor);
        this.update = new TrpoUpdate(learner.policy(), config.trpo());
        this.rollout = new Rollout(
                config.segment(),
                config.envs(),
                learner.encoder().size(),
                learner.policy().actionSize());
        this.values = new double[rollout.size()];
        this.nextValues = new double[rollout.size()];
        this.lastValues = new double[config.envs()];
        this.advantages = new double[rollout.size()];
        this.returns = new double[rollout.size()];
    }

    /** Starts an episode in every environment. A resumed run starts other episodes than the one it goes on from. */
    public void reset() {
        long[] seeds = new long[config.envs()];
        for (int env = 0; env < seeds.length; env++) {
            seeds[env] = new RandomStream(config.seed(), Role.ENVIRONMENT, env).bits(learner.iterations()) >>> 33;
        }
        collector.reset(seeds);
    }

    /**
     * Runs one iteration. The learner changes only when it is complete.
     *
     * @param stop asked between steps; once true, the iteration is abandoned
     * @return what happened, or null when it was abandoned
     */
    public Iteration iterate(BooleanSupplier stop) {
        long start = System.nanoTime();
        if (!collector.collect(rollout, stop)) {
            return null;
        }
        long collected = System.nanoTime();
        estimateAdvantages();
        Batch batch = new Batch(rollout.observations(), rollout.actions(), advantages, values, returns);
        UpdateReport report = update.update(learner.theta(), batch);
        long updated = System.nanoTime();
        double valueLoss = learner.critic()
                .fit(
                        rollout.observations(),
                        returns,
                        config.criticEpochs(),
                        config.criticBatch(),
                        new RandomStream(config.seed(), Role.MINIBATCH, learner.iterations()));
        learner.normalizer().update(rollout.rawObservations());
        System.arraycopy(actor.drawn(), 0, learner.drawn(), 0, config.envs());
        learner.setCounters(learner.iterations() + 1, learner.episodes() + rollout.episodes().size());
        long fitted = System.nanoTime();
        return new Iteration(
                report,
                valueLoss,
                learner.policy().meanStd(learner.theta()),
                List.copyOf(rollout.episodes()),
                (collected - start) / 1e9,
                (updated - collected) / 1e9,
                (fitted - updated) / 1e9);
    }

    private void estimateAdvantages() {
        ValueFunction critic = learner.critic();
        critic.predict(rollout.observations(), values);
        critic.predict(rollout.lastObservations(), lastValues);
        int envs = config.envs();
        System.arraycopy(values, envs, nextValues, 0, values.length - envs);
        System.arraycopy(lastValues, 0, nextValues, values.length - envs, envs);
        bootstrapTruncations(critic);
        GeneralizedAdvantage.estimate(rollout.rewards(), values, nextValues, rollout.terminated(), rollout.truncated(),
                envs, config.gamma(), config.lambda(), advantages);
        for (int i = 0; i < returns.length; i++) {
            returns[i] = advantages[i] + values[i];
        }
    }

    /** Puts V(last observation of the episode) where an episode was truncated. */
    private void bootstrapTruncations(ValueFunction critic) {
        List<Rollout.Final> finals = rollout.finals();
        if (finals.isEmpty()) {
            return;
        }
        DMatrixRMaj observations = new DMatrixRMaj(finals.size(), learner.encoder().size());
        for (int i = 0; i < finals.size(); i++) {
            System.arraycopy(
                    finals.get(i).observation(), 0, observations.data, i * observations.numCols, observations.numCols);
        }
        double[] finalValues = new double[finals.size()];
        critic.predict(observations, finalValues);
        for (int i = 0; i < finals.size(); i++) {
            nextValues[finals.get(i).index()] = finalValues[i];
        }
    }
}
