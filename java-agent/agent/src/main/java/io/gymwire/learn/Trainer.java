// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.VectorEnv;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.CriticFit;
import io.gymwire.policy.PolicyChange;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.BatchAssembler;
import io.gymwire.rollout.EnvironmentStates;
import io.gymwire.rollout.LogProbabilities;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutCollector;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.rollout.VineCollector;
import io.gymwire.rollout.VinePlan;
import io.gymwire.update.PolicyUpdate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.ejml.data.DMatrixRMaj;

/**
 * The two parts of an iteration: {@link #collect} collects a batch, and {@link #improve} improves the policy with it.
 *
 * <p>The policy's update uses the critic of the iteration before. So the critic can be fitted later, while the next
 * batch is collected: the collection needs only the policy and the normaliser. The numbers are the same as if the fit
 * ended before the collection, but an iteration takes less time.
 *
 * <p>With a {@link RolloutSettings#LAG} of 1, the policy's update also runs while the next batch is collected. The
 * actions of that batch are drawn from the {@link BehaviourPolicy} mu, the policy before the update. When the policy pi
 * learns from the batch, a sample has the weight pi(a|s) / mu(a|s), up to the limit in {@link BatchAssembler}.
 */
public final class Trainer {

    private final RunConfig config;
    private final Learner learner;
    private final Actor actor;
    private final RolloutCollector collector;
    private final VineCollector vine; // null without vine sampling
    private final BatchAssembler assembler;
    private final PolicyChange change;
    private final LogProbabilities drawing;
    private final boolean usesWeights;
    private final List<MetricGroup> metrics;
    private Rollout rollout; // the rollout collected last
    private Prepared prepared; // from the rollout collected last; null until prepareBatch
    private double rolloutSeconds;
    private PendingIteration pending; // the last iteration; null before the first iteration
    private boolean betweenIterations = true;

    /**
     * The input of an update. The next collection does not change this input.
     *
     * @param batch the batch for the policy
     * @param rollout the rollout collected last, for the critic and the normaliser
     * @param observed whether the normaliser's statistics include the rollout already
     * @param annealed the factor by which annealed settings are multiplied, in (0, 1]
     */
    private record Prepared(Batch batch, Rollout rollout, boolean observed, double annealed) {}

    /**
     * A trainer of {@code learner}.
     *
     * @param sessions the sessions, in the autoreset mode SAME_STEP; together they have {@link RolloutSettings#ENVS}
     *     environments
     */
    public Trainer(RunConfig config, Learner learner, List<VectorEnv> sessions) {
        this.config = config;
        this.learner = learner;
        learner.recent().reserve();
        int envs = learner.drawn().length;
        RandomStream[] random = new RandomStream[envs];
        Arrays.setAll(random, env -> stream(Role.ACTION, env));
        BehaviourPolicy behaviour = learner.behaviour();
        this.actor = new Actor(learner.policy(), behaviour.theta(), behaviour.normalizer(), random);
        System.arraycopy(learner.drawn(), 0, actor.drawn(), 0, envs);
        this.collector = new RolloutCollector(sessions, learner.encoder(), learner.decoder(), actor);
        this.vine = learner.vine().map(plan -> vine(plan, sessions)).orElse(null);
        int trunk = learner.vine().map(VinePlan::trunk).orElse(config.segment());
        this.assembler =
                new BatchAssembler(learner.actorCritic(), config.settings().with(RolloutSettings.BATCH, trunk * envs));
        this.change = new PolicyChange(learner.policy());
        this.drawing = new LogProbabilities(learner.policy());
        this.usesWeights = learner.lags() || config.get(RolloutSettings.REUSE) > 1;
        this.metrics = RunMetrics.groups(config.get(RunSettings.ALGORITHM).metrics());
    }

    private VineCollector vine(VinePlan plan, List<VectorEnv> sessions) {
        VineCollector.Parts parts = new VineCollector.Parts(
                learner.actorCritic(), learner.encoder(), learner.decoder(), config.get(RunSettings.SEED));
        return new VineCollector(collector, sessions, plan, parts, config.settings());
    }

    /** The configuration of the run. */
    public RunConfig config() {
        return config;
    }

    /** The learner that is trained. */
    public Learner learner() {
        return learner;
    }

    /** The names of an iteration's metrics, in the order of their columns. */
    public List<String> columns() {
        return List.copyOf(new MetricValues(metrics).byName().keySet());
    }

    /**
     * Starts an episode in every environment. This is necessary before the first iteration of a run. It is also
     * necessary before a run continues from a checkpoint, if the checkpoint lacks the environments' state.
     */
    public void reset() {
        long[] seeds = new long[learner.drawn().length];
        Arrays.setAll(seeds, env -> stream(Role.ENVIRONMENT, env).bits(learner.iterations()) >>> 33);
        collector.reset(seeds);
    }

    /** Restores the state of the environments. Call this method instead of {@link #reset}. */
    public void restore(EnvironmentStates states) {
        collector.restore(states);
    }

    /**
     * The state of the environments between two iterations.
     *
     * @throws EnvironmentException with the code UNIMPLEMENTED if their state cannot be saved exactly
     */
    public EnvironmentStates states() {
        if (!betweenIterations) {
            throw new IllegalStateException("the environments are in the middle of an iteration");
        }
        return collector.states();
    }

    /**
     * Whether the environments are between two iterations: no collection has begun since the last {@link #improve}, or
     * since this object was created.
     */
    public boolean isBetweenIterations() {
        return betweenIterations;
    }

    /**
     * Collects the next batch. Work that {@link #improve} started may still run during this call.
     *
     * @param stop checked between steps; when it is true, the batch is abandoned
     * @return whether the batch is complete; in either case, this method does not change the learner
     */
    public boolean collect(BooleanSupplier stop) {
        betweenIterations = false;
        rollout = learner.recent().next();
        prepared = null;
        long start = System.nanoTime();
        boolean complete =
                vine == null ? collector.collect(rollout, stop) : vine.collect(rollout, learner.iterations(), stop);
        if (complete && usesWeights) {
            drawing.compute(rollout, learner.behaviour().theta(), rollout.logProbabilities());
        }
        rolloutSeconds = seconds(start);
        return complete;
    }

    /** The rollout collected last. */
    public Rollout rollout() {
        return rollout;
    }

    /** The factor by which annealed settings are multiplied in the next update, in (0, 1]. */
    public double annealed() {
        return config.annealed(learner.iterations() * config.get(RolloutSettings.BATCH));
    }

    /**
     * Prepares the batch that {@link #improve} learns from: the rollout just collected, and the earlier rollouts that
     * are reused. This method first waits for the critic's fit of the iteration before. With {@code --lag 1}, it then
     * copies the current policy, and normalises the rollout again with the current statistics. The actions of the next
     * batch are drawn from the copy. In the first iteration, this method also adds the rollout to the normaliser's
     * statistics, because there are no statistics yet. Until the next collection, further calls return the same batch.
     */
    public Batch prepareBatch() {
        if (prepared == null) {
            awaitLast();
            if (learner.lags()) {
                learner.keepBehaviour();
                rollout.renormalize(learner.normalizer());
            }
            change.begin(learner.theta(), rollout.observations());
            boolean first = !learner.normalizer().hasStatistics();
            if (first) {
                learner.observe(rollout);
            }
            Batch batch = assembler.assemble(rollout, learner.recent());
            if (vine != null) {
                batch = batch.with(vine.branches(learner.actorCritic(), rollout));
            }
            prepared = new Prepared(batch, rollout, first, annealed());
        }
        return prepared.batch();
    }

    /**
     * Improves the policy with the batch, adds the rollout just collected to the normaliser's statistics, and starts
     * the critic's fit to this rollout. This method first waits for the critic's fit of the iteration before. The first
     * rollout of a run is added to the statistics before the update, because there are no statistics yet. With
     * {@code --lag 1}, another thread improves the policy and adds to the statistics; that thread may still run when
     * this method returns.
     *
     * @return the iteration; it is complete when its critic is fitted
     */
    public PendingIteration improve() {
        awaitLast();
        long start = System.nanoTime();
        prepareBatch();
        // Everything that depends on the counters is computed before the counters change below.
        Prepared input = prepared;
        RandomStream random = learner.updateStream();
        RandomStream order = stream(Role.MINIBATCH, learner.iterations());
        Supplier<PendingIteration.Improved> update = () -> update(input, random, order, start);
        CompletableFuture<PendingIteration.Improved> improved = learner.lags()
                ? CompletableFuture.supplyAsync(update, Trainer::runBeside)
                : CompletableFuture.completedFuture(update.get());
        learner.recent().keep();
        System.arraycopy(actor.drawn(), 0, learner.drawn(), 0, learner.drawn().length);
        learner.setCounters(
                learner.iterations() + 1,
                learner.episodes() + rollout.episodes().size());
        betweenIterations = true;
        MetricValues values = new MetricValues(metrics);
        values.put(RunMetrics.EXPLAINED_VARIANCE, assembler.explainedVariance());
        values.put(RunMetrics.ROLLOUT_SECONDS, rolloutSeconds);
        pending = new PendingIteration(values, List.copyOf(rollout.episodes()), improved);
        return pending;
    }

    /** Runs work on a new thread. So all threads of the common pool stay free for the parallel work on rows. */
    private static void runBeside(Runnable work) {
        Thread thread = new Thread(work, "update");
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitLast() {
        if (pending != null) {
            pending.complete();
        }
    }

    /**
     * Updates the policy and the normaliser, and prepares the critic's fit. With {@code --lag 1}, this method runs
     * during the next collection. That collection reads nothing that this method changes, and changes nothing that this
     * method reads.
     *
     * @param random the random stream of the policy's update
     * @param order the random stream of the critic's minibatches
     * @param start when the iteration's learning began, a value of System.nanoTime()
     */
    private PendingIteration.Improved update(Prepared input, RandomStream random, RandomStream order, long start) {
        DMatrixRMaj observations = input.rollout().observations();
        PolicyUpdate.Report report = learner.update().update(learner.theta(), input.batch(), input.annealed(), random);
        if (!input.observed()) {
            learner.observe(input.rollout());
        }
        CriticFit fitting = learner.critic().fitting(observations, assembler.returns(), input.annealed(), order);
        double divergence = change.divergence(learner.theta(), observations);
        double seconds = seconds(start);
        Consumer<MetricValues> measures = values -> {
            report.measure(values);
            learner.policy().measure(learner.theta(), values);
            values.put(RunMetrics.KL_OF_ITERATION, divergence);
            values.put(RunMetrics.UPDATE_SECONDS, seconds);
        };
        return new PendingIteration.Improved(measures, report.remark(), fitting);
    }

    private RandomStream stream(Role role, long index) {
        return new RandomStream(config.get(RunSettings.SEED), role, index);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
