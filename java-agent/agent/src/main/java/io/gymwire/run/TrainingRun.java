// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.evaluate.CurveEvaluation;
import io.gymwire.evaluate.Evaluator;
import io.gymwire.learn.PendingIteration;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.learn.Trainer;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunLog;
import io.gymwire.record.RunManifest;
import io.gymwire.rollout.EnvironmentStates;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Makes all iterations of a run and writes the run's files: {@code progress.csv} with a row for each iteration,
 * TensorBoard's events with the numbers of these rows, {@code monitor.csv}, checkpoints, and the manifest.
 */
public final class TrainingRun {

    /**
     * After a request to stop, a collection or an evaluation gets at most this time to end. Usually an iteration ends
     * within a second.
     */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final RunConfig config;
    private final Trainer trainer;
    private final RunManifest manifest;
    private final CurveEvaluation evaluation;
    private final ConsoleReporter console;
    private final RunProgress progress;
    private final Checkpoint.ResumeState beginning;
    private Unwritten unwritten; // null if there is none
    private Path lastCheckpoint;
    private boolean exact; // whether the states of the environments can be saved
    /**
     * Whether a collection is incomplete. A collection does not change the learner, but the iteration
     * {@link #unwritten} may still change it. So if a collection fails, the learner can be saved as soon as that
     * iteration is complete.
     */
    private boolean collecting;

    private volatile boolean stopRequested;
    private volatile long abandonAt; // a value of System.nanoTime()

    /**
     * An iteration whose row is not yet written.
     *
     * @param saves whether to save the run when the iteration is complete
     * @param states the states of the environments before the next batch, for the checkpoint; null if the run is not to
     *     be saved or the states cannot be saved
     */
    private record Unwritten(PendingIteration iteration, boolean saves, EnvironmentStates states) {}

    /** The outcome of a run. */
    public enum Status {
        /** All steps were taken, or the run reached the return of --stop-at. */
        FINISHED(RunManifest.FINISHED),
        /** The run was asked to stop. */
        INTERRUPTED(RunManifest.INTERRUPTED),
        /** An error ended the run. */
        FAILED(RunManifest.FAILED);

        private final String word; // in the manifest

        Status(String word) {
            this.word = word;
        }
    }

    /**
     * A run that has not begun.
     *
     * @param resumed the state that the run's checkpoint contains besides the learner, or null for a new run
     */
    public TrainingRun(
            Trainer trainer,
            Checkpoint.ResumeState resumed,
            RunManifest manifest,
            CurveEvaluation evaluation,
            ConsoleReporter console) {
        this.config = trainer.config();
        this.trainer = trainer;
        this.manifest = manifest;
        this.evaluation = evaluation;
        this.console = console;
        this.beginning = resumed != null ? resumed : new Checkpoint.ResumeState(null, EpisodeHistory.EMPTY);
        this.progress = new RunProgress(config, trainer.learner(), beginning.returns(), console);
    }

    /**
     * Writes config.json, the manifest and, for a new run, the first checkpoint. After this, {@code eval} accepts the
     * directory. If this method was not called before, {@link #run} restores the environments, opens the run's files,
     * and then calls this method. If the restore or the opening fails, no file of the run changes.
     */
    public void prepare() throws IOException {
        manifest.begin();
        if (!Checkpoint.exists(directory().checkpoints())) {
            lastCheckpoint = Checkpoint.save(directory().checkpoints(), trainer.learner(), beginning, config);
        }
    }

    /**
     * Asks the run to end. The run ends at the end of the current iteration and saves a checkpoint, so that no work is
     * lost. If the iteration's collection or evaluation does not end within some seconds, the run ends at the next
     * step, and a resumed run repeats everything since the last checkpoint. If the states of the environments cannot be
     * saved, the run ends at the next step without waiting. It then saves a checkpoint, except during an evaluation.
     * Any thread can call this method.
     */
    public void requestStop() {
        abandonAt = System.nanoTime() + STOP_PATIENCE.toNanos();
        stopRequested = true;
    }

    /**
     * Trains until the run is finished, or until {@link #requestStop} ends it.
     *
     * @throws IOException if a file cannot be written
     * @throws EnvironmentException if a server or an environment fails and the run was not asked to stop
     * @throws IllegalArgumentException if vine sampling is set, but the states of the environments cannot be saved
     */
    public Status run() throws IOException {
        Status status = Status.FAILED;
        Throwable failure = null;
        try {
            begin();
            status = trainAndRecord();
        } catch (EnvironmentException e) {
            // A signal that ends this process often ends its servers too. If a server ends first, this is no failure of
            // the run.
            if (!stopRequested) {
                failure = e;
                throw e;
            }
            status = Status.INTERRUPTED;
        } catch (Evaluator.StoppedException e) {
            // A resumed run repeats everything since the last checkpoint, including this evaluation.
            status = Status.INTERRUPTED;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            console.finish();
            if (manifest.hasBegun()) {
                close(status, failure);
            }
        }
        return status;
    }

    private Status trainAndRecord() throws IOException {
        if (!manifest.hasBegun() && stopRequested) {
            return Status.INTERRUPTED;
        }
        try (RunLog log = RunLog.open(directory(), trainer, progress.start())) {
            progress.begin(log);
            if (!manifest.hasBegun()) {
                prepare();
            }
            evaluation.begin();
            try {
                train();
            } catch (IOException | RuntimeException | Error e) {
                keepLastIteration(e);
                throw e;
            }
            writeIteration();
            if (!exact || trainer.isBetweenIterations()) {
                save(states());
            }
            return progress.isFinished() ? Status.FINISHED : Status.INTERRUPTED;
        }
    }

    /**
     * Records the end of the run in the manifest. If this fails after another failure, the new exception is added to
     * the earlier one.
     */
    private void close(Status status, Throwable failure) throws IOException {
        try {
            manifest.finish(status.word, Instant.now(), progress.result(), lastCheckpoint);
        } catch (IOException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }

    /** Restores or resets the environments, and finds out whether their states can be saved. */
    private void begin() {
        if (beginning.states() != null) {
            trainer.restore(beginning.states());
        } else {
            trainer.reset();
            if (trainer.learner().iterations() > 0) {
                console.line("the environments begin new episodes, because their state is not in the checkpoint");
            }
        }
        exact = true;
        states();
    }

    private void train() throws IOException {
        long lastSave = System.nanoTime();
        while (!progress.isFinished() && !stopRequested && collect()) {
            writeIteration();
            PendingIteration iteration = trainer.improve();
            progress.recordEpisodes(iteration);
            unwritten = new Unwritten(iteration, false, null);
            if (evaluation.isDue(progress.isFinished())) {
                iteration.awaitPolicy();
                evaluation.evaluate(this::abandons);
            }
            if (System.nanoTime() - lastSave >= config.get(RunSettings.CHECKPOINT_EVERY) * 1e9) {
                unwritten = new Unwritten(iteration, true, states());
                if (!trainer.learner().lags()) {
                    writeIteration();
                }
                lastSave = System.nanoTime();
            }
        }
    }

    private boolean collect() {
        collecting = true;
        boolean complete = trainer.collect(this::abandons);
        collecting = !complete;
        return complete;
    }

    /**
     * After a failure, writes the last iteration, with its checkpoint if one is due. If a collection has failed and the
     * states of the environments cannot be saved, the learner is saved now: it has not changed since that iteration.
     * Otherwise no other checkpoint is saved, because it would need the states from before the collection. A resumed
     * run continues from the last checkpoint.
     */
    private void keepLastIteration(Throwable failure) {
        try {
            writeIteration();
            if (collecting && !exact) {
                save(states());
            }
        } catch (IOException | RuntimeException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Waits until the last iteration is complete, writes its row, and saves the run if a checkpoint is due. */
    private void writeIteration() throws IOException {
        if (unwritten != null) {
            Unwritten last = unwritten;
            unwritten = null;
            progress.recordRow(last.iteration().complete());
            if (last.saves()) {
                save(last.states());
            }
        }
    }

    /**
     * Whether to abandon the current collection or evaluation. If the states of the environments cannot be saved, a
     * checkpoint follows an abandoned collection. In all other cases, a resumed run repeats everything since the last
     * checkpoint.
     */
    private boolean abandons() {
        return stopRequested && (!exact || System.nanoTime() - abandonAt > 0);
    }

    /** The states of the environments between two iterations; null if this call or an earlier one cannot save them. */
    private EnvironmentStates states() {
        if (!exact) {
            return null;
        }
        try {
            return trainer.states();
        } catch (EnvironmentException e) {
            if (e.code() != ErrorCode.UNIMPLEMENTED) {
                throw e;
            }
            if (config.get(VineSettings.SAMPLING) == Sampling.VINE) {
                throw new IllegalArgumentException(
                        "--sampling vine puts environments back into earlier states, but the state of " + config.envId()
                                + " cannot be saved: " + e.getMessage() + "; leave --sampling out",
                        e);
            }
            console.line("a resumed run will begin new episodes, because the state of its environments cannot be"
                    + " saved: " + e.getMessage());
            exact = false;
            return null;
        }
    }

    private void save(EnvironmentStates environments) throws IOException {
        Checkpoint.ResumeState now = new Checkpoint.ResumeState(environments, progress.save());
        lastCheckpoint = Checkpoint.save(directory().checkpoints(), trainer.learner(), now, config);
    }

    /** The directory of the run's files. */
    public RunDirectory directory() {
        return manifest.directory();
    }

    /** The run's progress. */
    public RunProgress progress() {
        return progress;
    }
}
