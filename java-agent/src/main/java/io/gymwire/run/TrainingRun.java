// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ServerInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

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
    private final RunProgress progress;
    private volatile boolean stopRequested;

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
        this.progress = new RunProgress(config, learner, console);
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
        Status status = Status.FAILED;
        try (RunLog log = RunLog.open(directory, config, learner, progress.start())) {
            progress.begin(log);
            try {
                train();
            } finally {
                progress.record(trainer.awaitCritic());
            }
            status = progress.steps() >= config.steps() ? Status.FINISHED : Status.INTERRUPTED;
        } catch (EnvironmentException e) {
            // Who ends this process often ends its servers too, and they may be faster.
            if (!stopRequested) {
                throw e;
            }
            status = Status.INTERRUPTED;
        } finally {
            console.finish();
            if (trainer.isLearnerComplete()) {
                Checkpoint.save(directory.checkpoints(), learner, config);
            }
            manifest.finish(status.name().toLowerCase(Locale.ROOT), Instant.now(), progress.result());
        }
        return status;
    }

    private void train() throws IOException {
        trainer.reset();
        long lastCheckpoint = System.nanoTime();
        while (progress.steps() < config.steps() && !stopRequested && trainer.collect(() -> stopRequested)) {
            progress.record(trainer.awaitCritic());
            trainer.improve();
            if (System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY.toNanos()) {
                progress.record(trainer.awaitCritic());
                Checkpoint.save(directory.checkpoints(), learner, config);
                lastCheckpoint = System.nanoTime();
            }
        }
    }

    /** Where the run keeps its files. */
    public RunDirectory directory() {
        return directory;
    }

    /** How far it is. */
    public RunProgress progress() {
        return progress;
    }
}
