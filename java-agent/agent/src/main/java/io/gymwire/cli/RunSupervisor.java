// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.VectorEnv;
import io.gymwire.evaluate.CurveEvaluation;
import io.gymwire.fleet.Fleet;
import io.gymwire.fleet.Hosting;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.learn.Trainer;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.Failure;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.run.RunProgress;
import io.gymwire.run.TrainingRun;
import io.gymwire.settings.Task;
import io.gymwire.sweep.ShellWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * Supervises a run until its end. It opens the environments, makes the learner and the files, and trains. When a
 * session is lost during the training, the supervisor opens the environments again and continues from the last
 * checkpoint. If too many sessions are lost before there is a newer checkpoint, the run fails. If the checkpoint
 * contains the states of the environments, the run has the same results as a run that lost no session.
 */
final class RunSupervisor {

    private final RunRequest request;
    private final RunConfig config;
    private final Fleet fleet;
    private final ConsoleReporter console;
    private final Instant start = Instant.now();
    private RunDirectory directory;
    private TrainingRun current;
    private RunManifest manifest; // of the present attempt; null before the first attempt
    private boolean wroteManifest; // whether an earlier attempt tried to write the manifest
    private boolean announced;
    private boolean hints = true;

    /** A supervisor of a run that this process has not started yet. */
    RunSupervisor(RunRequest request, Hosting hosting, ConsoleReporter console) {
        this.request = request;
        this.config = request.config();
        this.console = console;
        this.fleet = new Fleet(hosting, config.environment(), request.layout(), console::line);
    }

    /**
     * Switches off the hints that the program prints at the end of a run. The hints are useless if the run's directory
     * will be removed.
     */
    RunSupervisor withoutHints() {
        hints = false;
        return this;
    }

    /**
     * Trains.
     *
     * @param resumed the directory of the run to continue, or null for a new run
     * @param wanted the directory for a new run, or null for the default
     */
    TrainingRun.Status run(RunDirectory resumed, Path wanted) throws IOException {
        // After Ctrl-C, the process can end as soon as interruption.close() is called. So the try statement calls
        // close() after everything else is done.
        try (Interruption interruption = new Interruption()) {
            return run(interruption, resumed, wanted);
        }
    }

    /** Trains. After Ctrl-C, the process can end as soon as the caller closes {@code interruption}. */
    TrainingRun.Status run(Interruption interruption, RunDirectory resumed, Path wanted) throws IOException {
        directory = resumed;
        TrainingRun.Status status = TrainingRun.Status.FAILED;
        try {
            if (resumed != null) {
                resumed.lock(console::line);
                requireWorkToDo();
            }
            status = runToItsEnd(interruption, wanted);
        } catch (Interruption.RequestedException e) {
            // The process was asked to end before the run could begin. Or the run had lost its environments, and the
            // process was asked to end before the run could continue.
            status = TrainingRun.Status.INTERRUPTED;
            if (hasWrittenManifest()) {
                RunManifest.interrupt(directory.manifest());
            }
        } catch (IOException | RuntimeException | Error e) {
            recordFailure(e);
            throw e;
        } finally {
            if (current != null) {
                summarise(status, current);
            }
            if (directory != null) {
                directory.release();
            }
        }
        return status;
    }

    private void requireWorkToDo() throws IOException {
        Checkpoint.Progress progress = Checkpoint.latest(directory.checkpoints());
        if (progress.steps() >= config.get(RunSettings.STEPS)) {
            throw new IllegalArgumentException("the run in " + directory + " has taken " + progress.steps() + " of its "
                    + config.get(RunSettings.STEPS) + " steps; give a larger --steps to continue it");
        }
        if (progress.finishes(config)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the run in %s has reached its --stop-at %s: its last 100 episodes have a mean return of %s; give a"
                            + " higher --stop-at to continue it",
                    directory,
                    config.get(RunSettings.STOP_AT),
                    progress.meanReturn()));
        }
    }

    /**
     * Writes the reason of a failure into the run's manifest. Makes the manifest if this process has tried to write it,
     * but failed. Does nothing if this process has not tried yet, or if the run's directory is gone.
     */
    private void recordFailure(Throwable failure) {
        if (!hasWrittenManifest() || !Files.isDirectory(directory.path())) {
            return;
        }
        try {
            RunManifest.fail(
                    directory.manifest(),
                    config.envId(),
                    config.get(RunSettings.SEED),
                    request.commandLine(),
                    Failure.sentence(failure));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Whether this process has written the manifest, or has tried to. */
    private boolean hasWrittenManifest() {
        return wroteManifest || manifest != null && manifest.hasBegun();
    }

    private TrainingRun.Status runToItsEnd(Interruption interruption, Path wanted) throws IOException {
        while (true) {
            Sessions sessions = open(interruption);
            try (sessions) {
                return attempt(interruption, sessions, wanted);
            } catch (EnvironmentException e) {
                if (current == null) {
                    throw e;
                }
                long steps = Checkpoint.latest(directory.checkpoints()).steps();
                fleet.recordLoss(e, steps);
                console.line(String.format(
                        Locale.ROOT, "lost the environments: %s; continuing from step %,d", e.getMessage(), steps));
            }
        }
    }

    private Sessions open(Interruption interruption) throws IOException {
        try {
            return fleet.open(interruption::isRequested);
        } catch (EnvironmentException e) {
            if (interruption.isRequested()) {
                throw new Interruption.RequestedException();
            }
            throw e;
        }
    }

    private TrainingRun.Status attempt(Interruption interruption, Sessions sessions, Path wanted) throws IOException {
        VectorEnv first = sessions.envs().get(0);
        Learner learner = learner(first);
        current = interruption.stops(() -> {
            Checkpoint.ResumeState resumed =
                    directory == null ? null : Checkpoint.loadLatest(directory.checkpoints(), learner, console::line);
            // The trainer allocates its memory before the first file is made. So a batch that is too large for the
            // memory leaves no files.
            Trainer trainer = new Trainer(config, learner, sessions.envs());
            if (directory == null) {
                directory =
                        RunDirectory.create(wanted, config.envId(), config.get(RunSettings.SEED), start, console::line);
            }
            wroteManifest = hasWrittenManifest();
            ConfigFile.Contents contents = new ConfigFile.Contents(config, request.sources());
            manifest = new RunManifest(directory, contents, request.commandLine(), sessions, fleet.losses());
            CurveEvaluation evaluation =
                    new CurveEvaluation(config, learner, sessions::openFurther, directory, console);
            TrainingRun run = new TrainingRun(trainer, resumed, manifest, evaluation, console);
            // Until a resumed run can continue, config.json and manifest.json must describe the run as it was before.
            if (resumed == null || wroteManifest) {
                run.prepare();
            }
            return run;
        });
        if (!announced) {
            announce(learner, sessions);
            announced = true;
        }
        return current.run();
    }

    private Learner learner(VectorEnv env) {
        request.requireEffect(new Task(env.singleObservationSpace(), env.singleActionSpace()));
        Learner learner = new Learner(config, env.singleObservationSpace(), env.singleActionSpace());
        Checkpoint.requireRoom(learner, config);
        return learner;
    }

    private void announce(Learner learner, Sessions sessions) {
        int workers = sessions.envs().size();
        System.out.printf(
                Locale.ROOT,
                "%s %s: seed %d, %,d steps, %d environments, %d %s, run directory %s%n",
                learner.iterations() == 0 ? "training" : "resuming",
                config.envId(),
                config.get(RunSettings.SEED),
                config.get(RunSettings.STEPS),
                config.get(RolloutSettings.ENVS),
                workers,
                workers == 1 ? "worker" : "workers",
                directory);
        learner.vine().ifPresent(plan -> System.out.println("each iteration: " + plan));
    }

    private void summarise(TrainingRun.Status status, TrainingRun run) {
        RunDirectory directory = run.directory();
        RunProgress progress = run.progress();
        System.out.printf(Locale.ROOT, "%s after %,d steps", status.name().toLowerCase(Locale.ROOT), progress.steps());
        if (!Double.isNaN(progress.meanReturn())) {
            System.out.printf(Locale.ROOT, "; mean return of the last 100 episodes %.1f", progress.meanReturn());
        }
        if (progress.bestMean() > Double.NEGATIVE_INFINITY) {
            System.out.printf(Locale.ROOT, ", best %.1f at step %,d", progress.bestMean(), progress.bestAt());
        }
        if (status == TrainingRun.Status.FINISHED && progress.isStoppedEarly()) {
            System.out.printf(
                    "; the run ended early because the mean return reached --stop-at %s",
                    config.get(RunSettings.STOP_AT));
        }
        if (!hints || !Files.isDirectory(directory.path())) {
            System.out.println();
            return;
        }
        String word = ShellWords.quoted(directory.toString());
        System.out.printf("%n  files:    %s%n  evaluate: ./gymwire eval %s%n", directory, word);
        System.out.printf("  explain:  ./gymwire explain %s%n", word);
        if (status != TrainingRun.Status.FINISHED) {
            System.out.printf("  continue: ./gymwire train --resume %s%n", word);
        }
        System.out.flush();
    }
}
