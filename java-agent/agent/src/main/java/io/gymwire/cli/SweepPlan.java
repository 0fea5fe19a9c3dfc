// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.sweep.Part;
import io.gymwire.sweep.SweepRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The runs of a sweep, given as command lines of {@code train}. Each run is checked before any run is started. */
final class SweepPlan {

    /**
     * The options that are not copied to the runs. The sweep itself sets the seed and the directory of each run, and a
     * run of a sweep shows no table.
     */
    private static final List<String> OWN = List.of("--seed", "--run-dir", "--table");

    private final Path directory;
    private final List<Long> seeds;
    private final Map<Path, String> sources = new LinkedHashMap<>();
    private final Part part;
    private final List<Planned> planned = new ArrayList<>();

    /**
     * A run.
     *
     * @param choosesWorkers whether its command line or its preset sets the number of workers
     * @param usesOwnCores whether it starts managed servers
     */
    private record Planned(SweepRun run, boolean choosesWorkers, boolean usesOwnCores) {}

    /**
     * @param directory the sweep's directory
     * @param seeds the seeds for command lines without a seed
     * @param part the part of the runs that this process makes
     */
    SweepPlan(Path directory, List<Long> seeds, Part part) {
        this.directory = directory;
        this.seeds = seeds;
        this.part = part;
    }

    /**
     * Adds the runs of a train command line, one for each seed.
     *
     * @param source where the command line comes from, for messages
     */
    void add(String source, List<String> words) throws IOException {
        TrainCommand command = new TrainCommand();
        CommandLine train = new CommandLine(command).setOverwrittenOptionsAllowed(true);
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
                            : "leave --resume out; a sweep continues interrupted runs by itself"));
        }
        List<String> arguments = new ArrayList<>(List.of(envId));
        arguments.addAll(SettingOptions.words(parsed, OWN));
        List<Long> own =
                parsed.hasMatchedOption("--seed") ? List.of(parsed.<Long>matchedOptionValue("--seed", null)) : seeds;
        Path name = parsed.matchedOptionValue("--run-dir", null);
        // The words "." and ".." and an empty text would name the sweep's own directory or the one above.
        boolean plain = name == null
                || name.normalize().equals(name)
                        && !name.toString().isEmpty()
                        && !name.startsWith("..")
                        && !name.isAbsolute()
                        && name.getNameCount() == 1;
        if (!plain) {
            throw new IllegalArgumentException(
                    source + ": --run-dir must be one plain name, not a path; got '" + name + "'");
        }
        if (name != null && own.size() > 1) {
            throw new IllegalArgumentException(source + ": --run-dir " + name
                    + " names the directory of one run, but there are " + own.size() + " seeds; give one --seed");
        }
        RunRequest request;
        try {
            Presets.Preset preset = Presets.find(parsed.matchedOptionValue("--preset", null), envId);
            request = RunRequest.of(envId, preset, command.settings(), List.of());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        for (long seed : own) {
            String place = name == null ? RunDirectory.name(envId, seed) : name.toString();
            List<String> all = new ArrayList<>(arguments);
            all.add("--seed=" + seed);
            add(
                    source,
                    new SweepRun(
                            directory.resolve(place), request.config().with(RunSettings.SEED, seed), List.copyOf(all)),
                    request.sources().keySet());
        }
    }

    private void add(String source, SweepRun run, Set<Setting<?>> chosen) throws IOException {
        String other = sources.putIfAbsent(run.directory(), source);
        if (other != null) {
            throw new IllegalArgumentException(
                    source + ": " + run.directory() + " is the directory of another run too (" + other
                            + "); give one of them a name with --run-dir NAME");
        }
        if (!part.has(sources.size() - 1)) {
            return;
        }
        boolean ownServers = run.arguments().stream().noneMatch(argument -> argument.startsWith("--server"));
        refuseOther(run, chosen, ownServers);
        planned.add(new Planned(run, chosen.contains(RunSettings.WORKERS), ownServers));
    }

    /**
     * Refuses a directory that contains a checkpoint of a run with other settings: the sweep can neither skip nor
     * continue that run.
     *
     * @param chosen the settings that the command line or the preset sets
     * @param ownServers whether the sweep's run would start managed servers
     */
    private static void refuseOther(SweepRun run, Set<Setting<?>> chosen, boolean ownServers) throws IOException {
        Path file = run.directory().resolve(RunDirectory.CONFIG);
        if (!Files.exists(file) || !Checkpoint.exists(run.directory().resolve(RunDirectory.CHECKPOINTS))) {
            return;
        }
        RunConfig wanted = run.config();
        ConfigFile.Contents contents = ConfigFile.read(file);
        RunConfig there = contents.config();
        Map<String, String> differences = new TreeMap<>();
        if (!wanted.envId().equals(there.envId())) {
            differences.put("environment", there.envId() + ", not " + wanted.envId());
        }
        // A run can be continued to more steps.
        boolean longer = wanted.get(RunSettings.STEPS) > there.get(RunSettings.STEPS);
        Set<Setting<?>> free = new HashSet<>();
        RunConfig.all().stream().filter(setting -> !setting.distinguishesRuns()).forEach(free::add);
        if (longer) {
            free.add(RunSettings.STEPS);
        }
        // By default, --anneal-steps is the value of --steps when the run begins. A continued run keeps this value. So
        // the old value and the wanted value may differ if both are defaults.
        String annealSource = contents.sources().getOrDefault(RunSettings.ANNEAL_STEPS, ConfigFile.DEFAULT);
        if (!chosen.contains(RunSettings.ANNEAL_STEPS) && annealSource.equals(ConfigFile.DEFAULT)) {
            free.add(RunSettings.ANNEAL_STEPS);
        }
        // This version ignores a preset's --observe if another option can change the observation. An older version did
        // not: its run has this --observe, and the continued run keeps it.
        String observeSource = contents.sources().getOrDefault(ObservationSettings.OBSERVE, ConfigFile.DEFAULT);
        if (!chosen.contains(ObservationSettings.OBSERVE) && !observeSource.equals(ConfigFile.COMMAND_LINE)) {
            free.add(ObservationSettings.OBSERVE);
        }
        if (isHigher(wanted.settings(), there.settings())) {
            free.add(RunSettings.STOP_AT);
        }
        // If the servers of --server or --servers import the modules, the sweep has no --import. A run that was
        // continued without these servers has stored --import. The sweep may still continue this run.
        if (!ownServers && !wanted.settings().has(EnvironmentSettings.IMPORT)) {
            free.add(EnvironmentSettings.IMPORT);
        }
        for (Setting<?> setting : RunConfig.all()) {
            String value = text(wanted, setting);
            String old = text(there, setting);
            if (!free.contains(setting) && !value.equals(old)) {
                differences.put(setting.option(), old + ", not " + value);
            }
        }
        if (!differences.isEmpty()) {
            throw new IOException(run.directory() + " contains a run with other settings " + differences
                    + "; give another --dir, or remove this run");
        }
    }

    /** Whether the wanted --stop-at is higher than the earlier one. If it is, the run can continue. */
    private static boolean isHigher(Settings wanted, Settings there) {
        return wanted.has(RunSettings.STOP_AT)
                && there.has(RunSettings.STOP_AT)
                && wanted.get(RunSettings.STOP_AT) > there.get(RunSettings.STOP_AT);
    }

    private static String text(RunConfig config, Setting<?> setting) {
        return config.settings().has(setting) ? config.settings().text(setting) : "none";
    }

    /** The number of added runs, including the runs of the other parts. */
    int size() {
        return sources.size();
    }

    /**
     * The maximum number of runs at the same time if each worker has its own core; at least 1. Each run counts as if it
     * had {@link #workers} workers.
     */
    int jobs(int cores) {
        return Math.max(1, Math.min(cores / workers(), planned.size()));
    }

    /**
     * The largest number of workers that a command line or a preset sets for a run of this part; 1 if none of them sets
     * a number.
     */
    int workers() {
        return planned.stream()
                .filter(Planned::choosesWorkers)
                .mapToInt(each -> each.run().config().get(RunSettings.WORKERS))
                .max()
                .orElse(1);
    }

    /**
     * The runs of this part. If neither the command line nor the preset sets a run's number of workers, and the run
     * starts managed servers, the number follows from the run's share of the cores. The number of workers never changes
     * a result.
     *
     * @param jobs the number of runs at the same time
     */
    List<SweepRun> runs(int cores, int jobs) {
        return planned.stream()
                .map(each -> {
                    if (each.choosesWorkers() || !each.usesOwnCores()) {
                        return each.run();
                    }
                    RunConfig config = each.run().config();
                    List<String> arguments = new ArrayList<>(each.run().arguments());
                    arguments.add("--workers="
                            + Sessions.workersFor(config.envId(), config.get(RolloutSettings.ENVS), cores / jobs));
                    return new SweepRun(each.run().directory(), config, List.copyOf(arguments));
                })
                .toList();
    }
}
