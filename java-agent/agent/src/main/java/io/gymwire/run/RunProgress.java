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

/**
 * Records the progress of a run. Keeps the returns and lengths of the last 100 episodes. After each iteration, computes
 * the mean return and the mean length of these episodes. Keeps the best mean return of 100 episodes. Passes a row for
 * each iteration to the run's files and to the console.
 */
public final class RunProgress {

    private final RunConfig config;
    private final Learner learner;
    private final ConsoleReporter console;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private final EpisodeWindow window;
    private RunLog log;
    private long firstIteration;
    private long written; // the number of iterations that have a row in progress.csv
    private double bestMean;
    private long bestAt;

    /** The progress of a run that has not begun or continued yet, with the history in its checkpoint. */
    RunProgress(RunConfig config, Learner learner, EpisodeHistory history, ConsoleReporter console) {
        this.config = config;
        this.learner = learner;
        this.written = learner.iterations();
        this.console = console;
        this.window = new EpisodeWindow(history);
        this.bestMean = history.best() == null ? Double.NEGATIVE_INFINITY : history.best();
        this.bestAt = history.bestAt();
    }

    /** Begins to record into {@code log}, at the point where the run starts or continues. */
    void begin(RunLog log) {
        this.log = log;
        this.firstIteration = learner.iterations();
    }

    /**
     * The history of episodes for a checkpoint. After this call, all rows of progress.csv and monitor.csv are on the
     * disk.
     */
    EpisodeHistory save() throws IOException {
        log.sync();
        Double best = bestMean == Double.NEGATIVE_INFINITY ? null : bestMean;
        return new EpisodeHistory(best, bestAt, window.returns(), window.lengths());
    }

    /**
     * Records the episodes of an iteration. The iteration's update can still be running. {@link #recordRow} writes the
     * iteration's row later.
     */
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
        written = iterations;
        iteration
                .remark()
                .ifPresent(why -> console.line("iteration " + iterations + ": the policy stays as it was: " + why));
        console.iteration(row.byName());
    }

    /** The time when the run began, or when it was last continued. */
    Instant start() {
        return start;
    }

    /** The environment steps of all iterations whose update has begun. */
    public long steps() {
        return learner.iterations() * config.get(RolloutSettings.BATCH);
    }

    /** Whether the run has done everything that its settings ask for. */
    boolean isFinished() {
        return config.isFinished(steps(), window.fullMean());
    }

    /** Whether the run ends before its last step because it has reached the return of --stop-at. */
    public boolean isStoppedEarly() {
        return steps() < config.get(RunSettings.STEPS) && config.reachesStopAt(window.fullMean());
    }

    /** Mean return of the last 100 episodes; NaN before the end of the first episode. */
    public double meanReturn() {
        return window.meanReturn();
    }

    /**
     * The highest mean return so far; negative infinity before the end of 100 episodes. A mean return is computed in
     * each iteration, over the last 100 episodes.
     */
    public double bestMean() {
        return bestMean;
    }

    /** The environment steps of the run up to the iteration of {@link #bestMean}; 0 before the end of 100 episodes. */
    public long bestAt() {
        return bestAt;
    }

    /** The run's results for the manifest. An iteration whose row could not be written is not counted. */
    Map<String, Object> result() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("total_timesteps", written * config.get(RolloutSettings.BATCH));
        result.put("iterations", written);
        result.put("episodes", learner.episodes());
        result.put("seconds", seconds());
        // JSON has no NaN and no infinite numbers.
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
