// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.VectorEnv;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CriticFit;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutCollector;
import io.gymwire.rollout.Standing;
import io.gymwire.trpo.Batch;
import io.gymwire.trpo.TrpoUpdate;
import io.gymwire.trpo.UpdateReport;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The parts of an iteration: {@link #collect} a batch, {@link #improve} the policy with it, {@link #awaitCritic}.
 *
 * <p>The policy's update uses the critic of the iteration before, so that the critic may be fitted beside the next
 * batch's collection, which needs the policy and the normaliser alone: the same numbers as one after the other, sooner.
 */
public final class Trainer {

    private final TrainConfig config;
    private final Learner learner;
    private final Actor actor;
    private final RolloutCollector collector;
    private final TrpoUpdate update;
    private final BatchAssembler assembler;
    private Rollout rollout; // the one collected last
    private double rolloutSeconds;
    private Pending pending;
    private boolean betweenIterations = true;

    /**
     * What one iteration did.
     *
     * @param valueLoss mean squared error of the critic over the last pass of its fit
     */
    public record Iteration(Improvement improvement, double valueLoss, Times times) {}

    /**
     * What one iteration did to the policy.
     *
     * @param metrics the policy's own, by name
     * @param episodes that ended while the batch was collected
     */
    public record Improvement(UpdateReport report, Map<String, Double> metrics, List<Rollout.Episode> episodes) {}

    /**
     * How long the parts of one iteration took, in seconds.
     *
     * @param critic the critic's fit
     * @param criticWait how long of that nothing else went on
     */
    public record Times(double rollout, double update, double critic, double criticWait) {}

    /** An iteration whose critic is being fitted. */
    private record Pending(
            Improvement improvement,
            double rolloutSeconds,
            double updateSeconds,
            CriticFit fitting,
            CompletableFuture<Fit> fit) {}

    private record Fit(double valueLoss, double seconds) {}

    /**
     * A trainer of {@code learner}.
     *
     * @param sessions config.envs() environments in all, in SAME_STEP mode
     */
    public Trainer(TrainConfig config, Learner learner, List<VectorEnv> sessions) {
        this.config = config;
        this.learner = learner;
        learner.recent().reserve();
        RandomStream[] random = new RandomStream[config.envs()];
        Arrays.setAll(random, env -> new RandomStream(config.seed(), Role.ACTION, env));
        this.actor = new Actor(learner.policy(), learner.theta(), learner.normalizer(), random);
        System.arraycopy(learner.drawn(), 0, actor.drawn(), 0, config.envs());
        this.collector = new RolloutCollector(sessions, learner.encoder(), learner.decoder(), actor);
        this.update = new TrpoUpdate(learner.policy(), config.trpo());
        this.assembler = new BatchAssembler(config, learner);
    }

    /**
     * Starts an episode in every environment: in the first iteration, and in a later one where the environments cannot
     * be put where they stood.
     */
    public void reset() {
        long[] seeds = new long[config.envs()];
        for (int env = 0; env < seeds.length; env++) {
            seeds[env] = new RandomStream(config.seed(), Role.ENVIRONMENT, env).bits(learner.iterations()) >>> 33;
        }
        collector.reset(seeds);
    }

    /** Puts the environments where they stood, instead of {@link #reset}. */
    public void goOn(Standing standing) {
        collector.goOn(standing);
    }

    /**
     * Tells where the environments stand between two iterations.
     *
     * @throws EnvironmentException with the code UNIMPLEMENTED if their state cannot be taken down exactly
     */
    public Standing standing() {
        if (!betweenIterations) {
            throw new IllegalStateException("the environments stand somewhere within an iteration");
        }
        return collector.standing();
    }

    /** Whether the environments stand where the last iteration left them: no collection has begun since. */
    public boolean isBetweenIterations() {
        return betweenIterations;
    }

    /**
     * Collects the next batch, while the critic's fit to the last one may still go on.
     *
     * @param stop asked between steps; once true, the batch is abandoned
     * @return whether the batch is complete; the learner does not change either way
     */
    public boolean collect(BooleanSupplier stop) {
        betweenIterations = false;
        rollout = learner.recent().next();
        long start = System.nanoTime();
        boolean complete = collector.collect(rollout, stop);
        rolloutSeconds = (System.nanoTime() - start) / 1e9;
        return complete;
    }

    /**
     * Improves the policy with the batch just collected, takes the batch into the normaliser, and begins to fit the
     * critic to it. The critic of the iteration before must have been awaited.
     */
    public void improve() {
        if (pending != null) {
            throw new IllegalStateException("the critic of the last iteration was not awaited");
        }
        long start = System.nanoTime();
        Batch batch = assembler.assemble(rollout, learner.recent());
        long done = learner.iterations() * config.batch();
        UpdateReport report = update.update(learner.theta(), batch, config.deltaAfter(done));
        learner.recent().keep();
        learner.normalizer().update(rollout.rawObservations());
        System.arraycopy(actor.drawn(), 0, learner.drawn(), 0, config.envs());
        RandomStream order = new RandomStream(config.seed(), Role.MINIBATCH, learner.iterations());
        learner.setCounters(
                learner.iterations() + 1,
                learner.episodes() + rollout.episodes().size());
        betweenIterations = true;
        learner.critic().adam().setLearningRate(config.criticLrAfter(done));
        CriticFit fitting = learner.critic()
                .fitting(rollout.observations(), batch.returns(), config.criticEpochs(), config.criticBatch(), order);
        pending = new Pending(
                new Improvement(report, learner.policy().metrics(learner.theta()), List.copyOf(rollout.episodes())),
                rolloutSeconds,
                (System.nanoTime() - start) / 1e9,
                fitting,
                CompletableFuture.supplyAsync(() -> timed(fitting)));
    }

    /**
     * Helps until the critic is fitted; only then is the iteration, and the learner, complete.
     *
     * @return what the iteration did, or null when no critic is being fitted
     */
    public Iteration awaitCritic() {
        if (pending == null) {
            return null;
        }
        long start = System.nanoTime();
        Pending done = pending;
        done.fitting().help();
        Fit fit = done.fit().join();
        pending = null;
        double wait = (System.nanoTime() - start) / 1e9;
        return new Iteration(
                done.improvement(),
                fit.valueLoss(),
                new Times(done.rolloutSeconds(), done.updateSeconds(), fit.seconds(), wait));
    }

    private static Fit timed(CriticFit fitting) {
        long start = System.nanoTime();
        double loss = fitting.run();
        return new Fit(loss, (System.nanoTime() - start) / 1e9);
    }
}
