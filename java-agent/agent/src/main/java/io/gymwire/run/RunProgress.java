// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.learn.Learner;
import io.gymwire.learn.PendingIteration;
import io.gymwire.learn.PendingIteration.Iteration;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunMetrics;
import io.gymwire.learn.RunSettings;
import io.gymwire.metrics.MetricValues;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.record.EpisodeWindow;
import io.gymwire.record.RunLog;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Follows a run: the returns so far, and a row in the run's files and on the console for each iteration. */
public final class RunProgress {

    private final RunConfig config;
    private final Learner learner;
    private final ConsoleReporter console;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private EpisodeWindow window = new EpisodeWindow();
    private RunLog log;
    private long firstIteration;
    private double bestMean = Double.NEGATIVE_INFINITY;
    private long bestAt;

    RunProgress(RunConfig config, Learner learner, ConsoleReporter console) {
        this.config = config;
        this.learner = learner;
        this.console = console;
    }

    /** Begins to record into {@code log}, where a run left off. */
    void begin(RunLog log, EpisodeHistory history) {
        this.log = log;
        this.firstIteration = learner.iterations();
        this.bestMean = history.best() == null ? Double.NEGATIVE_INFINITY : history.best();
        this.bestAt = history.bestAt();
        this.window = new EpisodeWindow(history);
    }

    /** What a checkpoint keeps; everything recorded until then is on the disk when this returns. */
    EpisodeHistory save() throws IOException {
        log.sync();
        Double best = bestMean == Double.NEGATIVE_INFINITY ? null : bestMean;
        return new EpisodeHistory(best, bestAt, window.returns(), window.lengths());
    }

    /** Records the episodes of an iteration whose batch is learnt from; its row follows once it is complete. */
    void recordEpisodes(PendingIteration iteration) throws IOException {
        double elapsed = seconds();
        for (Rollout.Episode episode : iteration.episodes()) {
            window.add(episode.totalReward(), episode.length());
            log.episode(episode, start.toEpochMilli() / 1e3 + elapsed);
        }
        if (window.isFull() && window.meanReturn() > bestMean) {
            bestMean = window.meanReturn();
            bestAt = steps();
        }
        MetricValues row = iteration.metrics();
        row.put(RunMetrics.ITERATIONS, learner.iterations());
        row.put(RunMetrics.TOTAL_TIMESTEPS, steps());
        row.put(RunMetrics.EPISODE_RETURN, window.meanReturn());
        row.put(RunMetrics.EPISODE_LENGTH, window.meanLength());
    }

    /** Writes the row of an iteration that is complete. */
    void recordRow(Iteration iteration) throws IOException {
        MetricValues row = iteration.metrics();
        double elapsed = seconds();
        long iterations = (long) row.get(RunMetrics.ITERATIONS);
        long steps = (long) row.get(RunMetrics.TOTAL_TIMESTEPS);
        row.put(RunMetrics.TIME_ELAPSED, elapsed);
        row.put(RunMetrics.FPS, (iterations - firstIteration) * config.get(RolloutSettings.BATCH) / elapsed);
        log.row(row, steps);
        iteration
                .remark()
                .ifPresent(why -> console.line("iteration " + iterations + ": the policy stays as it was: " + why));
        console.iteration(row.byName());
    }

    /** When the run, or this part of it, began. */
    Instant start() {
        return start;
    }

    /** Environment steps in iterations whose batch is learnt from. */
    public long steps() {
        return learner.iterations() * config.get(RolloutSettings.BATCH);
    }

    /** Whether the run has done all that was asked for. */
    boolean isFinished() {
        return config.isFinished(steps(), window.fullMean());
    }

    /** Whether the returns end the run before its last step. */
    public boolean isStoppedEarly() {
        return steps() < config.get(RunSettings.STEPS) && config.reachesStopAt(window.fullMean());
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

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
