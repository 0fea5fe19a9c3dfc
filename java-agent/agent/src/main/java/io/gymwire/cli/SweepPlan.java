// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.run.RunDirectory;
import io.gymwire.run.Sessions;
import io.gymwire.run.TrainConfig;
import io.gymwire.sweep.SweepRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Makes runs of train command lines, checking each before anything is started. */
final class SweepPlan {

    /** What a sweep itself decides for each run. */
    private static final List<String> OWN = List.of("--seed", "--run-dir", "--table");

    private final Path directory;
    private final List<Long> seeds;
    private final Map<Path, String> sources = new LinkedHashMap<>();
    private final List<Planned> planned = new ArrayList<>();

    /** A run and the settings it comes to, workers included. */
    private record Planned(SweepRun run, TrainConfig config, boolean choosesWorkers) {}

    /**
     * @param directory of the sweep
     * @param seeds for command lines that have none
     */
    SweepPlan(Path directory, List<Long> seeds) {
        this.directory = directory;
        this.seeds = seeds;
    }

    /**
     * Adds the runs of a train command line, one for each seed.
     *
     * @param source where it stands, for messages
     */
    void add(String source, List<String> words) throws IOException {
        CommandLine train = new CommandLine(new TrainCommand()).setOverwrittenOptionsAllowed(true);
        ParseResult parsed;
        try {
            parsed = train.parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        String envId = parsed.matchedPositionalValue(0, null);
        if (envId == null || parsed.hasMatchedOption("--resume")) {
            throw new IllegalArgumentException(source + ": "
                    + (envId == null
                            ? "an environment is missing, e.g. CartPole-v1"
                            : "leave --resume out; a sweep continues what was interrupted by itself"));
        }
        List<String> arguments = new ArrayList<>(List.of(envId));
        for (OptionSpec option : parsed.matchedOptions()) {
            if (!OWN.contains(option.longestName())) {
                List<String> values = option.originalStringValues();
                arguments.add(option.longestName() + "=" + values.get(values.size() - 1));
            }
        }
        List<Long> own =
                parsed.hasMatchedOption("--seed") ? List.of(parsed.<Long>matchedOptionValue("--seed", null)) : seeds;
        Path name = parsed.matchedOptionValue("--run-dir", null);
        if (name != null && (name.isAbsolute() || name.getNameCount() > 1 || own.size() > 1)) {
            throw new IllegalArgumentException(
                    source + ": --run-dir must be one plain name, of a line with one seed; got " + name);
        }
        for (long seed : own) {
            String place = name == null ? RunDirectory.name(envId, seed) : name.toString();
            add(source, envId, directory.resolve(place), seed, arguments, parsed);
        }
    }

    private void add(String source, String envId, Path run, long seed, List<String> arguments, ParseResult parsed)
            throws IOException {
        String twin = sources.putIfAbsent(run, source);
        if (twin != null) {
            throw new IllegalArgumentException(source + ": " + run + " is the directory of another run too (" + twin
                    + "); give one of them a name with --run-dir NAME");
        }
        List<String> all = new ArrayList<>(arguments);
        all.add("--seed=" + seed);
        CommandLine settings = settings(envId, all, parsed);
        TrainConfig config = ((TrainOptions) settings.getCommand()).toConfig(envId);
        refuseOther(run, envId, settings);
        planned.add(new Planned(
                new SweepRun(run, envId, seed, List.copyOf(all), config.steps()),
                config,
                settings.getParseResult().hasMatchedOption("--workers")));
    }

    /** The settings that train makes of its arguments: those of the preset below those given. */
    private static CommandLine settings(String envId, List<String> arguments, ParseResult parsed) throws IOException {
        CommandLine settings = new CommandLine(new TrainOptions()).setOverwrittenOptionsAllowed(true);
        Presets.Preset preset = Presets.find(parsed.matchedOptionValue("--preset", null), envId);
        List<String> words = new ArrayList<>(preset.arguments());
        arguments.stream()
                .skip(1)
                .filter(word -> settings.getCommandSpec().findOption(word.substring(0, word.indexOf('='))) != null)
                .forEach(words::add);
        try {
            settings.parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            // Those on the command line were parsed before.
            throw new IOException(
                    "the settings of the preset " + preset.name() + " cannot be read: " + e.getMessage()
                            + "; --preset none takes the defaults",
                    e);
        }
        return settings;
    }

    /** A directory that holds a run of other settings is neither this run finished nor one to continue. */
    private static void refuseOther(Path run, String envId, CommandLine wanted) throws IOException {
        Path config = run.resolve("config.json");
        if (!Files.exists(config)) {
            return;
        }
        ConfigFile.Contents contents = ConfigFile.read(config);
        CommandLine there = contents.parsed();
        Map<String, String> differences = new TreeMap<>();
        if (!envId.equals(contents.envId())) {
            differences.put("environment", contents.envId() + ", not " + envId);
        }
        Map<String, String> old = values(there);
        boolean longer = ((TrainOptions) wanted.getCommand()).steps > Long.parseLong(old.get("--steps"));
        boolean ownHorizon = wanted.getParseResult().hasMatchedOption("--anneal-steps");
        values(wanted).forEach((name, value) -> {
            // A longer run goes on from the shorter one, with what that anneals to.
            boolean free = name.equals("--workers")
                    || longer && (name.equals("--steps") || name.equals("--anneal-steps") && !ownHorizon);
            if (!free && !value.equals(old.get(name))) {
                differences.put(name, old.get(name) + ", not " + value);
            }
        });
        if (!differences.isEmpty()) {
            throw new IOException(
                    run + " holds a run with other settings " + differences + "; give another --dir, or remove it");
        }
    }

    private static Map<String, String> values(CommandLine options) {
        Map<String, String> values = new TreeMap<>();
        for (OptionSpec option : options.getCommandSpec().options()) {
            values.put(option.longestName(), String.valueOf(option.<Object>getValue()));
        }
        return values;
    }

    /** The most runs at once that leave each of its workers a core: those asked for, or else one worker a run. */
    int jobs(int cores) {
        return Math.max(1, Math.min(cores / workers(), planned.size()));
    }

    /** The most workers that a run asks for, or one. */
    int workers() {
        return planned.stream()
                .filter(Planned::choosesWorkers)
                .mapToInt(p -> p.config().workers())
                .max()
                .orElse(1);
    }

    /**
     * The runs. Those that do not say how many workers they want, which never changes a result, share the cores.
     *
     * @param jobs runs at once
     */
    List<SweepRun> runs(int cores, int jobs) {
        return planned.stream()
                .map(each -> {
                    if (each.choosesWorkers()) {
                        return each.run();
                    }
                    List<String> arguments = new ArrayList<>(each.run().arguments());
                    TrainConfig config = each.config();
                    arguments.add("--workers=" + Sessions.workersFor(config.envId(), config.envs(), cores / jobs));
                    return new SweepRun(
                            each.run().directory(),
                            config.envId(),
                            config.seed(),
                            List.copyOf(arguments),
                            each.run().steps());
                })
                .toList();
    }
}
