// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.run.ConsoleReporter;
import io.gymwire.run.RunDirectory;
import io.gymwire.run.TrainConfig;
import io.gymwire.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code gymwire train}: settings, environments and files together make a run. */
@Command(
        name = "train",
        sortOptions = false,
        description =
                "Trains a policy with TRPO. Settings come from the defaults, the environment's preset and the command"
                        + " line, the last winning.")
final class TrainCommand implements Callable<Integer> {

    /** What a run cannot change half way: its place, its shapes, and what its counters and its last rollouts mean. */
    private static final List<String> FIXED_ON_RESUME = List.of(
            "--run-dir",
            "--preset",
            "--seed",
            "--envs",
            "--batch",
            "--reuse",
            "--observe",
            "--hidden",
            "--critic-hidden",
            "--clipped-actions",
            "--noise-color");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENV_ID", description = "The environment, e.g. CartPole-v1.")
    private String envId;

    @Mixin
    private TrainOptions options;

    @Mixin
    private ServerOption server;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A shipped preset, an argument file, or none (default: the environment's own).")
    private String preset;

    @Option(
            names = "--run-dir",
            paramLabel = "DIR",
            description = "Where the run keeps its files (default: runs/ENV_ID__sSEED__TIME).")
    private Path runDir;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Continues the run in DIR from its last checkpoint, with its settings, to the same results as"
                    + " if it had never been interrupted.")
    private Path resume;

    @Option(names = "--table", description = "Shows a table for each iteration instead of one line.")
    private boolean table;

    @Override
    public Integer call() throws IOException {
        Map<String, String> sources = resume == null ? resolveNew() : resolveResumed();
        TrainConfig config = options.toConfig(envId);
        ConsoleReporter console = ConsoleReporter.onStandardOutput(
                table ? ConsoleReporter.Mode.TABLE : ConsoleReporter.Mode.PROGRESS, config.steps());
        List<String> commandLine = spec.root().commandLine().getParseResult().originalArgs();
        Training training = new Training(config, server, new CommandLine(options), sources, commandLine, console);
        TrainingRun.Status status = training.run(resume == null ? null : RunDirectory.open(resume), runDir);
        return status == TrainingRun.Status.FINISHED ? 0 : 1;
    }

    private Map<String, String> resolveNew() throws IOException {
        if (envId == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "train needs an environment, e.g. CartPole-v1");
        }
        Presets.Preset found = Presets.find(preset, envId);
        String name = "preset " + found.name();
        return layer(found.arguments(), name, option -> name);
    }

    private Map<String, String> resolveResumed() throws IOException {
        for (String option : FIXED_ON_RESUME) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--resume continues a run with its own " + option + "; leave " + option + " out");
            }
        }
        ConfigFile.Contents config = ConfigFile.read(RunDirectory.open(resume).config());
        if (envId != null && !envId.equals(config.envId())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    resume + " is a run of " + config.envId() + ", not of " + envId + "; leave the environment out");
        }
        envId = config.envId();
        return layer(config.arguments(), "run in " + resume, config.sources()::get);
    }

    /**
     * Puts a layer of settings under those of the command line, and says where each setting comes from.
     *
     * @param name of the layer, for messages
     * @param source where the layer's value of an option comes from
     */
    private Map<String, String> layer(List<String> arguments, String name, UnaryOperator<String> source)
            throws IOException {
        ParseResult given = spec.commandLine().getParseResult();
        CommandLine lower = new CommandLine(new TrainOptions());
        ParseResult parsed;
        try {
            parsed = lower.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IOException("the settings of the " + name + " cannot be read: " + e.getMessage(), e);
        }
        Map<String, String> sources = new HashMap<>();
        for (OptionSpec option : lower.getCommandSpec().options()) {
            String optionName = option.longestName();
            if (given.hasMatchedOption(optionName)) {
                sources.put(optionName, "command line");
            } else if (parsed.hasMatchedOption(optionName)) {
                spec.findOption(optionName).setValue(option.getValue());
                sources.put(optionName, source.apply(optionName));
            } else {
                sources.put(optionName, "default");
            }
        }
        return sources;
    }
}
