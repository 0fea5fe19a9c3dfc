// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.ConnectOptions;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.Timeouts;
import io.gymwire.env.VectorEnv;
import io.gymwire.run.Checkpoint;
import io.gymwire.run.ConsoleReporter;
import io.gymwire.run.CurveEvaluation;
import io.gymwire.run.Failure;
import io.gymwire.run.Learner;
import io.gymwire.run.RunDirectory;
import io.gymwire.run.RunManifest;
import io.gymwire.run.RunProgress;
import io.gymwire.run.Sessions;
import io.gymwire.run.TrainConfig;
import io.gymwire.run.Trainer;
import io.gymwire.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Carries a run through: environments, learner and files together, and when a server is lost on the way, the same again
 * from the last checkpoint, which leads to the same results.
 */
final class Training {

    /** Losing a server this often without a new checkpoint in between is no accident. */
    private static final int MOST_LOSSES = 3;
    /** How long to wait for a lost server that others run. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final TrainConfig config;
    private final Optional<ConnectOptions> server;
    private final Timeouts timeouts;
    private final CommandLine options;
    private final Map<String, String> sources;
    private final List<String> commandLine;
    private final ConsoleReporter console;
    private final Instant start = Instant.now();
    private RunDirectory directory;
    private TrainingRun current;
    private boolean announced;
    private boolean told = true;

    /**
     * A run to come.
     *
     * @param options a command line of {@link TrainOptions} that holds the settings
     * @param sources where each setting came from, by option name
     * @param commandLine as given, for the manifest
     */
    Training(
            TrainConfig config,
            ServerOption server,
            CommandLine options,
            Map<String, String> sources,
            List<String> commandLine,
            ConsoleReporter console) {
        this.config = config;
        this.server = server.server();
        this.timeouts = server.timeouts();
        this.options = options;
        this.sources = sources;
        this.commandLine = commandLine;
        this.console = console;
    }

    /** Leaves out what people may do with the run afterwards: it is not theirs to keep. */
    Training withoutHints() {
        told = false;
        return this;
    }

    /**
     * Trains.
     *
     * @param resumed the directory of the run to go on with, or null for a new one
     * @param wanted the directory for a new run, or null for the default
     */
    TrainingRun.Status run(RunDirectory resumed, Path wanted) throws IOException {
        directory = resumed;
        TrainingRun.Status status = TrainingRun.Status.FAILED;
        // Closed last: the process may end then.
        try (Interruption interruption = new Interruption()) {
            try {
                if (resumed != null) {
                    resumed.hold(console::line);
                    requireStepsToTake();
                }
                status = runToItsEnd(interruption, wanted);
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
        }
        return status;
    }

    private void requireStepsToTake() throws IOException {
        long taken = Checkpoint.latestSteps(directory.checkpoints());
        if (taken >= config.steps()) {
            throw new IllegalArgumentException("the run in " + directory + " has taken " + taken + " of its "
                    + config.steps() + " steps; give more --steps to continue it");
        }
    }

    /** Keeps the reason in the run's manifest, if this process has written one. */
    private void recordFailure(Throwable failure) {
        if (current == null || !Files.isDirectory(directory.path())) {
            return;
        }
        try {
            RunManifest.fail(
                    directory.manifest(), config.envId(), config.seed(), commandLine, Failure.sentence(failure));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private TrainingRun.Status runToItsEnd(Interruption interruption, Path wanted) throws IOException {
        long lastLossAt = -1;
        int losses = 0;
        while (true) {
            try (Sessions sessions = open(losses > 0)) {
                return attempt(interruption, sessions, wanted);
            } catch (EnvironmentException e) {
                if (directory == null || !lost(e)) {
                    throw e;
                }
                long steps = Checkpoint.latestSteps(directory.checkpoints());
                losses = steps == lastLossAt ? losses + 1 : 1;
                lastLossAt = steps;
                if (losses == MOST_LOSSES) {
                    throw e;
                }
                console.line(String.format(
                        Locale.ROOT, "lost the environments: %s; going on from step %,d", e.getMessage(), steps));
            }
        }
    }

    private TrainingRun.Status attempt(Interruption interruption, Sessions sessions, Path wanted) throws IOException {
        VectorEnv first = sessions.envs().get(0);
        Learner learner = new Learner(config, first.singleObservationSpace(), first.singleActionSpace());
        current = interruption.stops(() -> {
            Checkpoint.Rest rest =
                    directory == null ? null : Checkpoint.loadLatest(directory.checkpoints(), learner, console::line);
            // Takes its memory before there is a file: a batch that does not fit leaves nothing behind.
            Trainer trainer = new Trainer(config, learner, sessions.envs());
            if (directory == null) {
                directory = RunDirectory.create(wanted, config.envId(), config.seed(), start, console::line);
            }
            ConfigFile.write(directory.config(), config.envId(), options, sources);
            RunManifest manifest = new RunManifest(
                    directory,
                    config,
                    commandLine,
                    sessions.serverInfo(),
                    sessions.envs().get(0).spec().rewardThreshold(),
                    Instant.now());
            CurveEvaluation evaluation =
                    new CurveEvaluation(config, learner, sessions::openFurther, directory, console);
            return TrainingRun.prepare(config, learner, trainer, rest, directory, manifest, evaluation, console);
        });
        if (!announced) {
            announce(learner);
            announced = true;
        }
        return current.run();
    }

    /** Opens the environments; after a loss, a server that others run is given time to come back. */
    private Sessions open(boolean again) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                return Sessions.open(server, timeouts, config.envId(), config.envs(), config.workers());
            } catch (EnvironmentException e) {
                if (!again || server.isEmpty() || !lost(e) || Instant.now().isAfter(deadline)) {
                    throw e;
                }
            }
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the server", e);
            }
        }
    }

    /** Whether the sessions are gone with their server: it ended, or it is another one that knows them no more. */
    private static boolean lost(EnvironmentException e) {
        return !e.sessionAlive() && (e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.NOT_FOUND);
    }

    private void announce(Learner learner) {
        System.out.printf(
                Locale.ROOT,
                "%s %s: seed %d, %,d steps, %d environments, %d %s, run directory %s%n",
                learner.iterations() == 0 ? "training" : "resuming",
                config.envId(),
                config.seed(),
                config.steps(),
                config.envs(),
                config.workers(),
                config.workers() == 1 ? "worker" : "workers",
                directory);
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
        if (!told || !Files.isDirectory(directory.path())) {
            System.out.println();
            return;
        }
        System.out.printf("%n  files:    %s%n  evaluate: ./gymwire eval %s%n", directory, directory);
        if (status != TrainingRun.Status.FINISHED) {
            System.out.printf("  continue: ./gymwire train --resume %s%n", directory);
        }
        System.out.flush();
    }
}
