// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.rollout.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A training run and its files: iterations to the last, a row in {@code progress.csv} and TensorBoard for each,
 * {@code monitor.csv}, checkpoints, the manifest's ending.
 */
public final class TrainingRun {

    /** An iteration takes a second as a rule; people do not wait much longer after Ctrl-C. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final TrainConfig config;
    private final Learner learner;
    private final Trainer trainer;
    private final Checkpoint.Rest rest;
    private final RunDirectory directory;
    private final RunManifest manifest;
    private final CurveEvaluation evaluation;
    private final ConsoleReporter console;
    private final RunProgress progress;
    private Path lastCheckpoint;
    private boolean exact;
    private volatile boolean stopRequested;
    private volatile long abandonAt; // a value of System.nanoTime()

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
            Checkpoint.Rest rest,
            RunDirectory directory,
            RunManifest manifest,
            CurveEvaluation evaluation,
            ConsoleReporter console) {
        this.config = config;
        this.learner = learner;
        this.trainer = trainer;
        this.rest = rest;
        this.directory = directory;
        this.manifest = manifest;
        this.evaluation = evaluation;
        this.console = console;
        this.progress = new RunProgress(config, learner, console);
    }

    /**
     * Prepares a run: from here on its directory is one that {@code eval} accepts.
     *
     * @param rest what the learner's checkpoint held beside it, or null for a new run
     * @throws IOException when the manifest or the first checkpoint cannot be written
     */
    public static TrainingRun prepare(
            TrainConfig config,
            Learner learner,
            Trainer trainer,
            Checkpoint.Rest rest,
            RunDirectory directory,
            RunManifest manifest,
            CurveEvaluation evaluation,
            ConsoleReporter console)
            throws IOException {
        manifest.write();
        Checkpoint.Rest begin = rest;
        if (rest == null) {
            begin = new Checkpoint.Rest(null, RunProgress.State.START);
            Checkpoint.save(directory.checkpoints(), learner, begin, config);
        }
        return new TrainingRun(config, learner, trainer, begin, directory, manifest, evaluation, console);
    }

    /**
     * Asks the run to end. It ends with the iteration, so that it can go on from there to the same results; after some
     * seconds at the next step. May be called from any thread.
     */
    public void requestStop() {
        abandonAt = System.nanoTime() + STOP_PATIENCE.toNanos();
        stopRequested = true;
    }

    /**
     * Trains to the end, or until asked to stop.
     *
     * @throws IOException when a file cannot be written
     */
    public Status run() throws IOException {
        Status status = Status.FAILED;
        Throwable failure = null;
        try (RunLog log = RunLog.open(directory, config, learner, progress.start())) {
            progress.begin(log, rest.returns());
            begin();
            try {
                train();
            } finally {
                progress.record(trainer.awaitCritic());
                if (!exact) {
                    save();
                }
            }
            if (exact && trainer.isBetweenIterations()) {
                save();
            }
            status = progress.steps() >= config.steps() ? Status.FINISHED : Status.INTERRUPTED;
        } catch (EnvironmentException e) {
            // Who ends this process often ends its servers too, and they may be faster.
            if (!stopRequested) {
                failure = e;
                throw e;
            }
            status = Status.INTERRUPTED;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            console.finish();
            close(status, failure);
        }
        return status;
    }

    /** Writes the manifest's ending. Where that fails too, it is the first failure that people are to read. */
    private void close(Status status, Throwable failure) throws IOException {
        try {
            manifest.finish(status.name().toLowerCase(Locale.ROOT), Instant.now(), progress.result(), lastCheckpoint);
        } catch (IOException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }

    /** Brings the environments to where the run begins, and finds out whether it can come back to such a place. */
    private void begin() {
        if (rest.standing() != null) {
            trainer.goOn(rest.standing());
        } else {
            trainer.reset();
            if (learner.iterations() > 0) {
                console.line("the environments begin new episodes, because their state is not in the checkpoint");
            }
        }
        try {
            trainer.standing();
            exact = true;
        } catch (EnvironmentException e) {
            if (e.code() != ErrorCode.UNIMPLEMENTED) {
                throw e;
            }
            console.line("a resumed run will begin new episodes, because the state of its environments cannot be"
                    + " saved: " + e.getMessage());
        }
    }

    private void train() throws IOException {
        long lastSave = System.nanoTime();
        while (progress.steps() < config.steps() && !stopRequested && trainer.collect(this::abandons)) {
            progress.record(trainer.awaitCritic());
            trainer.improve();
            evaluation.afterIteration();
            if (System.nanoTime() - lastSave >= config.checkpointSeconds() * 1e9) {
                progress.record(trainer.awaitCritic());
                save();
                lastSave = System.nanoTime();
            }
        }
    }

    /** Whether to leave an iteration half way; what was done since the last checkpoint is then to be done again. */
    private boolean abandons() {
        return stopRequested && (!exact || System.nanoTime() - abandonAt > 0);
    }

    private void save() throws IOException {
        Standing standing = exact ? trainer.standing() : null;
        Checkpoint.Rest now = new Checkpoint.Rest(standing, progress.save());
        lastCheckpoint = Checkpoint.save(directory.checkpoints(), learner, now, config);
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
