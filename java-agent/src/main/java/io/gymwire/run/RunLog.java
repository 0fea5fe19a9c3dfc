// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.rollout.Rollout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;

/** The files that grow with a run: progress.csv, monitor.csv and TensorBoard's events. */
final class RunLog implements Closeable {

    private final ProgressCsv progress;
    private final MonitorCsv monitor;
    private final TensorBoardWriter tensorBoard;

    private RunLog(ProgressCsv progress, MonitorCsv monitor, TensorBoardWriter tensorBoard) {
        this.progress = progress;
        this.monitor = monitor;
        this.tensorBoard = tensorBoard;
    }

    /** Opens the files; those of an interrupted run are cut back to the learner's last checkpoint. */
    static RunLog open(RunDirectory directory, TrainConfig config, Learner learner, Instant start) throws IOException {
        if (!Files.exists(directory.progress())) {
            return new RunLog(new ProgressCsv(directory.progress()),
                    new MonitorCsv(directory.monitor(), config.envId(), start.toEpochMilli() / 1e3),
                    new TensorBoardWriter(directory.path()));
        }
        long steps = learner.iterations() * config.batch();
        RunLog log = new RunLog(ProgressCsv.resume(directory.progress(), steps),
                MonitorCsv.resume(directory.monitor(), learner.episodes()),
                new TensorBoardWriter(directory.path()));
        log.tensorBoard.resumeAfter(steps);
        return log;
    }

    void episode(Rollout.Episode episode, double endUnixSeconds) throws IOException {
        monitor.episode(episode.totalReward(), episode.length(), endUnixSeconds);
    }

    /** Writes one iteration's row everywhere and hands it to the operating system. */
    void row(Map<String, Object> row, long steps) throws IOException {
        progress.write(row);
        monitor.flush();
        for (Map.Entry<String, Object> entry : row.entrySet()) {
            double value = ((Number) entry.getValue()).doubleValue();
            if (!Double.isNaN(value)) {
                tensorBoard.scalar(entry.getKey(), steps, value);
            }
        }
        tensorBoard.flush();
    }

    /** Forces what was written so far to the disk. */
    void sync() throws IOException {
        progress.sync();
        monitor.sync();
    }

    @Override
    public void close() throws IOException {
        try (progress; monitor; tensorBoard) {
            tensorBoard.flush();
        }
    }
}
