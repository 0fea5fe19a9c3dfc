// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.fleet.Hosting;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.SettingChanges;
import io.gymwire.run.TrainingRun;
import io.gymwire.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gymwire train}: starts or continues a run, or prints the script of a Slurm job that does this. */
@Command(
        name = "train",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.Adder.class,
        description = "Trains a policy with the algorithm that --algorithm names. Settings come from the defaults, the"
                + " preset and the command line; each of these overrides the ones before it.")
final class TrainCommand implements Callable<Integer>, SettingOptions.Holder {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENV_ID", description = "The environment, e.g. CartPole-v1.")
    private String envId;

    private SettingOptions options;

    @Mixin
    private ServerOption server;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A shipped preset, an argument file, or 'none' (default: the environment's preset).")
    private String preset;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "Where the run keeps its files (default: runs/ENV_ID__sSEED__TIME).")
    private Path runDir;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Continues the run in DIR from its last checkpoint, with its settings. If the state of the"
                    + " environments can be saved, the results are the same as without the interruption.")
    private Path resume;

    @Mixin
    private SlurmOption slurm;

    @Option(names = "--table", description = "Shows a table for each iteration instead of the progress line.")
    private boolean table;

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    /** The settings from the command line. */
    SettingOptions settings() {
        return options;
    }

    @Override
    public Integer call() throws IOException {
        List<String> commandLine = spec.root().commandLine().getParseResult().originalArgs();
        boolean asJob = slurm.isWanted();
        RunRequest request = resume == null ? newRun(commandLine) : resumedRun(commandLine);
        Hosting hosting = server.hosting(options, request.config().settings());
        if (asJob) {
            System.out.print(slurm.script(request, runDir));
            return 0;
        }
        ConsoleReporter console = ConsoleReporter.onStandardOutput(
                table ? ConsoleReporter.Mode.TABLE : ConsoleReporter.Mode.PROGRESS,
                request.config().get(RunSettings.STEPS));
        request.remark().ifPresent(console::line);
        RunSupervisor supervisor = new RunSupervisor(request, hosting, console);
        TrainingRun.Status status = supervisor.run(resume == null ? null : RunDirectory.open(resume), runDir);
        return status == TrainingRun.Status.FINISHED ? 0 : 1;
    }

    private RunRequest newRun(List<String> commandLine) throws IOException {
        if (envId == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "train needs an environment, e.g. CartPole-v1");
        }
        return RunRequest.of(envId, Presets.find(preset, envId), options, commandLine);
    }

    private RunRequest resumedRun(List<String> commandLine) throws IOException {
        ConfigFile.Contents saved = ConfigFile.read(RunDirectory.open(resume).config());
        // If servers imported the modules of a run, its directory does not store --import.
        Stream<String> settings = RunConfig.all().stream()
                .filter(Setting::isFixedOnResume)
                .filter(setting -> setting != EnvironmentSettings.IMPORT
                        || saved.config().settings().has(setting))
                .map(Setting::option);
        Stream.concat(Stream.of("--run-dir", "--preset"), settings).forEach(option -> {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--resume continues a run with its own " + option + "; leave " + option + " out");
            }
        });
        if (envId != null && !envId.equals(saved.config().envId())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    resume + " is a run of " + saved.config().envId() + ", not of " + envId
                            + "; leave the environment out");
        }
        RunRequest request = RunRequest.resumed(saved, options, commandLine);
        SettingChanges.between(saved.config().settings(), request.config().settings())
                .forEach(change -> System.out.println("changed setting: " + change));
        return request;
    }
}
