// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.explain.ExplainedRun;
import io.gymwire.files.Directories;
import io.gymwire.fleet.Fleet;
import io.gymwire.fleet.SessionLayout;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gymwire explain}: one update in numbers and pictures. */
@Command(
        name = "explain",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.EnvironmentAdder.class,
        description = "Explains the update that follows a run's checkpoint, in numbers and pictures: writes"
                + " explain/index.html.")
final class ExplainCommand implements Callable<Integer>, SettingOptions.Holder {

    @Parameters(
            index = "0",
            paramLabel = "RUN_DIR",
            description = "The run's directory; the command writes only into the folder explain/ of this directory.")
    private Path runDir;

    @Option(
            names = "--at",
            paramLabel = "STEPS",
            description = "The checkpoint after this number of steps (default: the newest).")
    private Long at;

    @Option(
            names = "--episodes",
            paramLabel = "K",
            defaultValue = "20",
            description = "Number of new episodes to play with each of the two policies, the old and the new"
                    + " (${DEFAULT-VALUE}).")
    private int episodes;

    @Mixin
    private ServerOption server;

    private SettingOptions options;

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    @Override
    public Integer call() throws IOException {
        if (episodes < 1) {
            throw new IllegalArgumentException("--episodes must be at least 1; got " + episodes);
        }
        // Java must not open a window, even if there is a screen.
        System.setProperty("java.awt.headless", "true");
        RunDirectory directory = RunDirectory.open(runDir);
        RunConfig config = options.over(ConfigFile.read(directory.config()).config());
        Directories.requireWritable(directory.explanation());
        Fleet fleet = new Fleet(
                server.hosting(options, config.settings()),
                config.environment(),
                new SessionLayout(config.get(RolloutSettings.ENVS), config.get(RunSettings.WORKERS), false),
                System.err::println);
        try (Sessions sessions = fleet.open(() -> false)) {
            ExplainedRun run = new ExplainedRun(directory, config, sessions, System.err::println);
            run.explain(run.collect(at == null ? OptionalLong.empty() : OptionalLong.of(at)), episodes)
                    .forEach(System.out::println);
        }
        return 0;
    }
}
