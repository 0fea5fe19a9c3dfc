// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.files.Directories;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.JsonFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import io.gymwire.record.SettingChanges;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.run.RunComparison;
import io.gymwire.run.TrainingRun;
import io.gymwire.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gymwire verify}: runs a run again and compares the results. */
@Command(
        name = "verify",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.EnvironmentAdder.class,
        description = "Runs a run again with its settings and reports whether the results are identical, or where they"
                + " first differ. Also reports what has changed between the two runs.")
final class VerifyCommand implements Callable<Integer>, SettingOptions.Holder {

    @Parameters(index = "0", paramLabel = "RUN_DIR", description = "The run's directory; it is not changed.")
    private Path runDir;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Runs only the first N iterations again (default: all iterations of the run).")
    private Integer wanted;

    @Option(names = "--workers", paramLabel = "W", description = "See train; never changes the result.")
    private Integer workers;

    @Option(names = "--keep", paramLabel = "DIR", description = "Keeps the second run in DIR.")
    private Path keep;

    @Mixin
    private ServerOption server;

    private SettingOptions options;

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    @Override
    public Integer call() throws IOException {
        RunDirectory before = RunDirectory.open(runDir);
        ConfigFile.Contents contents = ConfigFile.read(before.config());
        JsonFile manifest = RunManifest.read(before.manifest());
        RunComparison.requireProgress(manifest, before);
        int available = RunComparison.iterations(before);
        if (available == 0) {
            throw new IOException(
                    "the run in " + runDir + " has no complete iteration yet; there is nothing to verify");
        }
        int iterations = wanted == null ? available : wanted;
        if (iterations < 1 || iterations > available) {
            throw new IllegalArgumentException("--iterations must be from 1 to " + available
                    + ", the number of iterations of the run in " + runDir + "; got " + wanted);
        }
        RunComparison.requireCheckpoint(manifest, before);
        RunConfig config = options.over(contents.config());
        config = config.with(RunSettings.STEPS, (long) iterations * config.get(RolloutSettings.BATCH));
        if (config.settings().has(RunSettings.STOP_AT)) {
            // A resume can set --stop-at to a return that the run reached earlier. The repetition must not end earlier
            // than the run, so it has no such limit.
            config = config.with(RunSettings.STOP_AT, Double.MAX_VALUE);
        }
        Map<Setting<?>, String> sources = new HashMap<>(contents.sources());
        sources.put(RunSettings.STEPS, ConfigFile.COMMAND_LINE);
        options.given().forEach(setting -> sources.put(setting, ConfigFile.COMMAND_LINE));
        if (workers != null) {
            config = config.with(RunSettings.WORKERS, workers);
            sources.put(RunSettings.WORKERS, ConfigFile.COMMAND_LINE);
        }
        Path place = keep != null ? keep : makeTemporary();
        // After Ctrl-C, the process can end as soon as interruption.close() is called. So the second run is removed
        // before.
        try (Interruption interruption = new Interruption()) {
            try {
                return compare(before, manifest, iterations, again(interruption, config, sources, place));
            } finally {
                if (keep == null) {
                    Directories.remove(place);
                }
            }
        }
    }

    private static Path makeTemporary() throws IOException {
        Path place = Directories.makeTemporary("gymwire-verify");
        // If Ctrl-C ends the process before the second run begins, the directory is empty, so Java can delete it.
        place.toFile().deleteOnExit();
        return place;
    }

    /** Runs the run again; null if the second run was interrupted. */
    private RunDirectory again(Interruption interruption, RunConfig config, Map<Setting<?>, String> sources, Path place)
            throws IOException {
        ConsoleReporter console =
                ConsoleReporter.onStandardOutput(ConsoleReporter.Mode.PROGRESS, config.get(RunSettings.STEPS));
        RunRequest request = new RunRequest(config, sources, Set.of(), Map.of(), List.of("verify", runDir.toString()));
        RunSupervisor supervisor = new RunSupervisor(request, server.hosting(options, config.settings()), console);
        if (keep == null) {
            supervisor.withoutHints();
        }
        TrainingRun.Status status = supervisor.run(interruption, null, place);
        return status == TrainingRun.Status.FINISHED ? RunDirectory.open(place) : null;
    }

    private int compare(RunDirectory before, JsonFile manifest, int iterations, RunDirectory now) throws IOException {
        if (now == null) {
            System.out.println("interrupted: nothing was compared");
            return 1;
        }
        Optional<String> difference = RunComparison.firstDifference(before, now, iterations);
        Optional<Boolean> sameCheckpoint = RunComparison.sameCheckpoint(manifest, now);
        if (difference.isEmpty() && sameCheckpoint.equals(Optional.of(false))) {
            difference = Optional.of("the final checkpoint, though all results in progress.csv are the same");
        }
        List<String> fingerprints = RunComparison.differentFingerprints(manifest, RunManifest.read(now.manifest()));
        if (difference.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "identical: %,d %s%s%n",
                    iterations,
                    iterations == 1 ? "iteration" : "iterations",
                    sameCheckpoint.isPresent() ? " and the final checkpoint" : "");
        } else {
            System.out.println("different: " + difference.get());
        }
        System.out.println(
                fingerprints.isEmpty()
                        ? "programs, packages and machine are the same as in the first run"
                        : "changed since the first run:");
        fingerprints.forEach(line -> System.out.println("  " + line));
        List<String> settings = SettingChanges.during(manifest);
        if (!settings.isEmpty()) {
            System.out.println(
                    "settings changed when the first run was resumed; the second run had the new values from its start:");
            settings.forEach(line -> System.out.println("  " + line));
        }
        return difference.isEmpty() ? 0 : 1;
    }
}
