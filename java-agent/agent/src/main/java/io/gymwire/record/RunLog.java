// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.files.Directories;
import io.gymwire.learn.Learner;
import io.gymwire.learn.Trainer;
import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;

/** The files to which a run adds data in each iteration: progress.csv, monitor.csv and TensorBoard's events. */
public final class RunLog implements Closeable {

    private final RunDirectory directory;
    private final ProgressCsv progress;
    private final MonitorCsv monitor;
    private final TensorBoardWriter tensorBoard;

    private RunLog(RunDirectory directory, ProgressCsv progress, MonitorCsv monitor, TensorBoardWriter tensorBoard) {
        this.directory = directory;
        this.progress = progress;
        this.monitor = monitor;
        this.tensorBoard = tensorBoard;
    }

    /**
     * Opens the files. If the run continues from a checkpoint, the data that it recorded after this checkpoint is
     * dropped from progress.csv and monitor.csv. The event files keep this data, but TensorBoard does not show it. If
     * one of the two files cannot be used, neither of them changes.
     */
    public static RunLog open(RunDirectory directory, Trainer trainer, Instant start) throws IOException {
        Learner learner = trainer.learner();
        long steps = learner.iterations() * trainer.config().get(RolloutSettings.BATCH);
        // A run that was interrupted in its first iteration can lack some files. After that iteration, progress.csv and
        // monitor.csv must exist.
        boolean resumed = steps > 0;
        boolean hasEvents = Directories.list(directory.path()).stream()
                .anyMatch(file -> file.getFileName().toString().startsWith(TensorBoardWriter.PREFIX));
        boolean hasMonitor = resumed || Files.exists(directory.monitor());
        if (hasMonitor) {
            // monitor.csv is checked before progress.csv changes. ProgressCsv.resume checks progress.csv itself.
            MonitorCsv.check(directory.monitor(), learner.episodes());
        }
        ProgressCsv progress = resumed || Files.exists(directory.progress())
                ? ProgressCsv.resume(directory.progress(), steps, trainer.columns())
                : new ProgressCsv(directory.progress());
        MonitorCsv monitor = hasMonitor
                ? MonitorCsv.resume(directory.monitor(), learner.episodes())
                : new MonitorCsv(directory.monitor(), trainer.config().envId(), start.toEpochMilli() / 1e3);
        RunLog log = new RunLog(directory, progress, monitor, new TensorBoardWriter(directory.path()));
        if (hasEvents) {
            log.tensorBoard.resumeAfter(steps);
        }
        return log;
    }

    /** Adds an episode. {@code endUnixSeconds} is the time when the episodes of its iteration are recorded. */
    public void episode(Rollout.Episode episode, double endUnixSeconds) throws IOException {
        monitor.episode(episode.totalReward(), episode.length(), endUnixSeconds);
    }

    /** Writes one iteration's values, and passes everything written so far to the operating system. */
    public void row(MetricValues row, long steps) throws IOException {
        directory.requireFiles();
        progress.write(row.byName());
        monitor.flush();
        for (Map.Entry<String, Number> entry : row.byName().entrySet()) {
            double value = entry.getValue().doubleValue();
            if (!Double.isNaN(value)) {
                tensorBoard.scalar(entry.getKey(), steps, value);
            }
        }
        tensorBoard.flush();
    }

    /** Makes sure that everything written so far to progress.csv and monitor.csv is on the disk. */
    public void sync() throws IOException {
        progress.sync();
        monitor.sync();
    }

    @Override
    public void close() throws IOException {
        try (progress;
                monitor;
                tensorBoard) {
            tensorBoard.flush();
        }
    }
}
