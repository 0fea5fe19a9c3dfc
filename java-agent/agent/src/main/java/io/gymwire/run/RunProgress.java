// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.rollout.Rollout;
import io.gymwire.trpo.UpdateReport;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Follows a run: the returns so far, and a row in the run's files and on the console for each iteration. */
public final class RunProgress {

    private final TrainConfig config;
    private final Learner learner;
    private final ConsoleReporter console;
    private final EpisodeWindow window = new EpisodeWindow();
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private RunLog log;
    private long firstIteration;
    private double bestMean = Double.NEGATIVE_INFINITY;
    private long bestAt;

    /**
     * The returns so far, as a checkpoint keeps them.
     *
     * @param best mean over 100 episodes, the best so far; null before the first 100
     * @param bestAt the step at which it stood
     * @param lastReturns undiscounted returns of the last episodes, at most 100, oldest first
     * @param lastLengths steps of those episodes
     */
    public record State(Double best, long bestAt, double[] lastReturns, long[] lastLengths) {
        /** Before the first episode. */
        static final State START = new State(null, 0, new double[0], new long[0]);

        /** Whether nothing is missing, as it can be in a file. */
        boolean isWhole() {
            return lastReturns != null && lastLengths != null && lastReturns.length == lastLengths.length;
        }
    }

    RunProgress(TrainConfig config, Learner learner, ConsoleReporter console) {
        this.config = config;
        this.learner = learner;
        this.console = console;
    }

    /** Begins to record into {@code log}, where a run left off. */
    void begin(RunLog log, State state) {
        this.log = log;
        this.firstIteration = learner.iterations();
        this.bestMean = state.best() == null ? Double.NEGATIVE_INFINITY : state.best();
        this.bestAt = state.bestAt();
        for (int i = 0; i < state.lastReturns().length; i++) {
            window.add(state.lastReturns()[i], state.lastLengths()[i]);
        }
    }

    /** What a checkpoint keeps; everything recorded until then is on the disk when this returns. */
    State save() throws IOException {
        log.sync();
        Double best = bestMean == Double.NEGATIVE_INFINITY ? null : bestMean;
        return new State(best, bestAt, window.returns(), window.lengths());
    }

    /** Records an iteration that is complete; null stands for none. */
    void record(Trainer.Iteration iteration) throws IOException {
        if (iteration == null) {
            return;
        }
        double elapsed = seconds();
        for (Rollout.Episode episode : iteration.improvement().episodes()) {
            window.add(episode.totalReward(), episode.length());
            log.episode(episode, start.toEpochMilli() / 1e3 + elapsed);
        }
        if (window.isFull() && window.meanReturn() > bestMean) {
            bestMean = window.meanReturn();
            bestAt = steps();
        }
        Map<String, Object> row = row(iteration, elapsed);
        log.row(row, steps());
        say(iteration.improvement().report());
        console.iteration(row);
    }

    /** When the run, or this part of it, began. */
    Instant start() {
        return start;
    }

    /** Environment steps in completed iterations. */
    public long steps() {
        return learner.iterations() * config.batch();
    }

    /** Mean return of the last 100 episodes; NaN before the first. */
    public double meanReturn() {
        return window.meanReturn();
    }

    /** The best mean over 100 episodes so far; negative infinity before the first 100. */
    public double bestMean() {
        return bestMean;
    }

    /** The step at which the best mean stood. */
    public long bestAt() {
        return bestAt;
    }

    /** What the manifest says of the run at its end. */
    Map<String, Object> result() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("total_timesteps", steps());
        result.put("iterations", learner.iterations());
        result.put("episodes", learner.episodes());
        result.put("seconds", seconds());
        // What is not finite would not be JSON.
        if (Double.isFinite(window.meanReturn())) {
            result.put("ep_rew_mean", window.meanReturn());
        }
        if (Double.isFinite(bestMean)) {
            result.put("best_ep_rew_mean", bestMean);
            result.put("best_at", bestAt);
        }
        return result;
    }

    /** Tells when an update could not be made; failed line searches are ordinary and stand in progress.csv. */
    private void say(UpdateReport report) {
        if (report.outcome() != UpdateReport.Outcome.IMPROVED
                && report.outcome() != UpdateReport.Outcome.LINE_SEARCH_FAILED) {
            console.line("iteration " + learner.iterations() + ": the policy stays as it was: "
                    + report.outcome().sentence());
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private Map<String, Object> row(Trainer.Iteration iteration, double elapsed) {
        UpdateReport report = iteration.improvement().report();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("time/iterations", learner.iterations());
        row.put("time/total_timesteps", steps());
        row.put("time/time_elapsed", elapsed);
        row.put("time/fps", (learner.iterations() - firstIteration) * config.batch() / elapsed);
        row.put("time/rollout_s", iteration.times().rollout());
        row.put("time/update_s", iteration.times().update());
        row.put("time/critic_s", iteration.times().critic());
        row.put("time/critic_wait_s", iteration.times().criticWait());
        row.put("rollout/ep_rew_mean", window.meanReturn());
        row.put("rollout/ep_len_mean", window.meanLength());
        row.put("train/policy_objective", report.surrogateAfter());
        row.put("train/expected_improvement", report.expectedGain());
        row.put("train/actual_improvement", report.actualGain());
        row.put("train/kl_divergence_loss", report.divergence());
        row.put("train/is_line_search_success", report.improved() ? 1 : 0);
        row.put("train/line_search_steps", report.backtracks());
        row.put("train/cg_iterations", Math.max(0, report.cgResiduals().length - 1));
        row.put("train/cg_residual", report.relativeResidual());
        row.put("train/grad_norm", report.gradientNorm());
        row.put("train/step_norm", report.stepNorm());
        row.put("train/value_loss", iteration.valueLoss());
        row.put("train/explained_variance", report.explainedVariance());
        row.put("train/entropy", report.entropy());
        row.put("train/std", Double.NaN); // of policies that have none
        iteration.improvement().metrics().forEach((name, value) -> row.put("train/" + name, value));
        return row;
    }
}
