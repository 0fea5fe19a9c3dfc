// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ServerInfo;
import io.gymwire.rollout.Rollout;
import io.gymwire.trpo.UpdateReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A training run and its files: iterations to the last, a row in {@code progress.csv} and TensorBoard for each,
 * {@code monitor.csv}, checkpoints, the manifest's ending.
 */
public final class TrainingRun {

    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(30);

    private final TrainConfig config;
    private final Learner learner;
    private final Trainer trainer;
    private final RunDirectory directory;
    private final RunManifest manifest;
    private final ConsoleReporter console;
    private final EpisodeWindow window = new EpisodeWindow();
    private volatile boolean stopRequested;
    private double bestMean = Double.NEGATIVE_INFINITY;
    private long bestAt;

    /** How a run ended. */
    public enum Status {
        /** All steps were taken. */
        FINISHED,
        /** It was asked to stop. */
        INTERRUPTED,
        /** An error ended it. */
        FAILED
    }

    private TrainingRun(
            TrainConfig config,
            Learner learner,
            Trainer trainer,
            RunDirectory directory,
            RunManifest manifest,
            ConsoleReporter console) {
        this.config = config;
        this.learner = learner;
        this.trainer = trainer;
        this.directory = directory;
        this.manifest = manifest;
        this.console = console;
    }

    /**
     * Prepares a run: from here on its directory is one that {@code eval} accepts.
     *
     * @param commandLine as given, for the manifest
     * @throws IOException when the manifest or the first checkpoint cannot be written
     */
    public static TrainingRun prepare(
            TrainConfig config,
            Learner learner,
            Trainer trainer,
            ServerInfo server,
            RunDirectory directory,
            List<String> commandLine,
            Instant start,
            ConsoleReporter console)
            throws IOException {
        RunManifest manifest = new RunManifest(
                directory.manifest(), config.envId(), config.seed(), commandLine, server, start);
        manifest.write();
        Checkpoint.save(directory.checkpoints(), learner, config);
        return new TrainingRun(config, learner, trainer, directory, manifest, console);
    }

    /** Asks the run to end at the next step; it still leaves a checkpoint. May be called from any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Trains to the end, or until asked to stop.
     *
     * @throws IOException when a file cannot be written
     */
    public Status run() throws IOException {
        long firstIteration = learner.iterations();
        Instant start = Instant.now();
        long startNanos = System.nanoTime();
        Status status = Status.FAILED;
        long lastCheckpoint = startNanos;
        try (RunLog log = RunLog.open(directory, config, learner, start)) {
            trainer.reset();
            while (steps() < config.steps() && !stopRequested) {
                Trainer.Iteration iteration = trainer.iterate(() -> stopRequested);
                if (iteration == null) {
                    break;
                }
                double now = start.toEpochMilli() / 1e3 + (System.nanoTime() - startNanos) / 1e9;
                for (Rollout.Episode episode : iteration.episodes()) {
                    window.add(episode);
                    log.episode(episode, now);
                }
                trackBest();
                double elapsed = (System.nanoTime() - startNanos) / 1e9;
                double fps = (learner.iterations() - firstIteration) * config.batch() / elapsed;
                Map<String, Object> row = row(iteration, elapsed, fps);
                log.row(row, steps());
                say(iteration.report());
                console.iteration(row);
                if (System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY.toNanos()) {
                    Checkpoint.save(directory.checkpoints(), learner, config);
                    lastCheckpoint = System.nanoTime();
                }
            }
            status = steps() >= config.steps() ? Status.FINISHED : Status.INTERRUPTED;
        } catch (EnvironmentException e) {
            // Who ends this process often ends its servers too, and they may be faster.
            if (!stopRequested) {
                throw e;
            }
            status = Status.INTERRUPTED;
        } finally {
            console.finish();
            Checkpoint.save(directory.checkpoints(), learner, config);
            manifest.finish(status.name().toLowerCase(Locale.ROOT), Instant.now(), result(startNanos));
        }
        return status;
    }

    /** Where the run keeps its files. */
    public RunDirectory directory() {
        return directory;
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

    private void trackBest() {
        if (window.isFull() && window.meanReturn() > bestMean) {
            bestMean = window.meanReturn();
            bestAt = steps();
        }
    }

    /** Tells when an update could not be made; failed line searches are ordinary and stand in progress.csv. */
    private void say(UpdateReport report) {
        if (report.outcome() != UpdateReport.Outcome.IMPROVED
                && report.outcome() != UpdateReport.Outcome.LINE_SEARCH_FAILED) {
            console.line("iteration " + learner.iterations() + ": the policy stays as it was: "
                    + report.outcome().sentence());
        }
    }

    private Map<String, Object> row(Trainer.Iteration iteration, double elapsed, double fps) {
        UpdateReport report = iteration.report();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("time/iterations", learner.iterations());
        row.put("time/total_timesteps", steps());
        row.put("time/time_elapsed", elapsed);
        row.put("time/fps", fps);
        row.put("time/rollout_s", iteration.rolloutSeconds());
        row.put("time/update_s", iteration.updateSeconds());
        row.put("time/critic_s", iteration.criticSeconds());
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
        row.put("train/std", iteration.meanStd());
        return row;
    }

    private Map<String, Object> result(long startNanos) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("total_timesteps", steps());
        result.put("iterations", learner.iterations());
        result.put("episodes", learner.episodes());
        result.put("seconds", (System.nanoTime() - startNanos) / 1e9);
        if (!Double.isNaN(window.meanReturn())) {
            result.put("ep_rew_mean", window.meanReturn());
        }
        if (bestMean > Double.NEGATIVE_INFINITY) {
            result.put("best_ep_rew_mean", bestMean);
            result.put("best_at", bestAt);
        }
        return result;
    }
}
