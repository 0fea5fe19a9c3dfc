// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.files.Directories;
import io.gymwire.files.DirectoryLock;
import io.gymwire.files.InputFile;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConsoleReporter;
import io.gymwire.settings.Settings;
import io.gymwire.sweep.Part;
import io.gymwire.sweep.Program;
import io.gymwire.sweep.ShellWords;
import io.gymwire.sweep.SlurmScript;
import io.gymwire.sweep.Sweep;
import io.gymwire.sweep.SweepRun;
import io.gymwire.sweep.SweepView;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code gymwire sweep}: many runs, several of them at the same time. */
@Command(
        name = "sweep",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.Adder.class,
        description = "Trains a policy for each environment and each seed. Each run is a separate process with a log,"
                + " train.log, in its directory. When the command is started again, it skips the runs that have"
                + " finished and continues the others. Takes the settings, the server options and --preset of train,"
                + " for all runs.")
final class SweepCommand implements Callable<Integer>, SettingOptions.Holder {

    /** The largest seed that --seeds accepts: 18 digits, so that every accepted number is a long. */
    static final long LARGEST_SEED = 999_999_999_999_999_999L;

    private static final Pattern SEEDS = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");
    private static final int MAX_RUNS = 10_000;
    /** How long the sweep waits for a build of Gymwire, which usually takes about a minute. */
    private static final Duration BUILD_PATIENCE = Duration.ofMinutes(10);
    /** The options that this command does not pass on to train. */
    private static final List<String> OWN =
            List.of("--seeds", "--file", "--dir", "--jobs", "--part", "--slurm", "--debug", "--help", "--version");

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "ENV_ID", description = "The environments, e.g. CartPole-v1.")
    private List<String> envIds = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "S,...",
            defaultValue = "1-5",
            description = "Seeds, single or from-to, e.g. 1-5,8 (${DEFAULT-VALUE}).")
    private String seeds;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Runs from a file: a line contains the arguments of one train command; # begins a comment. A"
                    + " line without --seed runs once for each seed of --seeds. --run-dir NAME in a line names the"
                    + " directory of its run.")
    private Path file;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "runs/sweep",
            description = "The folder of the runs' directories, which have names like CartPole-v1__s1"
                    + " (${DEFAULT-VALUE}).")
    private Path dir;

    @Option(names = "--run-dir", paramLabel = "NAME", description = "Another name for the directory of a single run.")
    private String runDir;

    @Option(
            names = "--jobs",
            paramLabel = "J",
            description = "Number of runs at the same time (default: the number of cores, divided by the largest"
                    + " --workers if any is given; 1 with --part or --slurm).")
    private Integer jobs;

    @Option(
            names = "--part",
            paramLabel = "K/N",
            converter = PartConverter.class,
            description = "Only the runs K, K + N, K + 2 N, ..., counted from 0, e.g. 2/10; N processes with K from 0"
                    + " to N - 1 do the whole sweep.")
    private Part part = Part.WHOLE;

    @Option(
            names = "--slurm",
            description = "Print the script of a Slurm array job instead of running; its tasks are parts of the sweep.")
    private boolean slurm;

    @Option(names = "--preset", paramLabel = "NAME", description = "As for train.")
    private String preset;

    private SettingOptions options;

    @Mixin
    private ServerOption server;

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (envIds.isEmpty() == (file == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "sweep needs environments, e.g. CartPole-v1, or a --file"
                            + " of train command lines; give one of the two");
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--seed")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a sweep has several seeds; use --seeds "
                            + options.over(Settings.DEFAULTS).get(RunSettings.SEED) + " instead of --seed");
        }
        server.hosting(options, options.over(Settings.DEFAULTS));
        Path directory = dir.toAbsolutePath().normalize();
        SweepPlan plan = plan(directory);
        int hostCores = Runtime.getRuntime().availableProcessors();
        int usual = isWhole() ? plan.jobs(hostCores) : 1;
        int parallelRuns = jobs == null ? usual : jobs;
        if (parallelRuns < 1) {
            throw new ParameterException(spec.commandLine(), "--jobs must be at least 1; got " + parallelRuns);
        }
        if (slurm) {
            if (!isWhole()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--slurm divides the sweep into parts itself; leave --part " + part + " out");
            }
            // Slurm does not create the directory of its output.
            Directories.make(directory);
            int cores = plan.workers() * (jobs == null ? 1 : jobs) + 1;
            System.out.print(SlurmScript.of(directory, plan.size(), thisCommand(), cores));
            return 0;
        }
        // A part can be a Slurm task. Then `hostCores` can be the number of all cores of the node, but the task can use
        // only some of them. So a part assumes that it has only one core for each worker.
        List<SweepRun> runs = plan.runs(isWhole() ? hostCores : plan.workers() * parallelRuns, parallelRuns);
        boolean terminal = ConsoleReporter.isTerminal(System.getenv(), System.console());
        SweepView view = new SweepView(
                runs, System.out, terminal, ConsoleReporter.width(System.getenv("COLUMNS")), System::nanoTime);
        System.out.printf(
                Locale.ROOT,
                "%d runs, %d at the same time, in %s%n",
                runs.size(),
                Math.min(parallelRuns, runs.size()),
                dir);
        Directories.make(directory);
        boolean finished;
        // Several parts of one sweep, or several commands with --run-dir, can work in this directory at the same time.
        // They do not lock this directory. Each run locks its own directory.
        try (DirectoryLock lock = isWhole() && runDir == null ? DirectoryLock.acquire(directory, view::remark) : null) {
            finished = new Sweep(runs, parallelRuns, thisProgram(), view).run();
        }
        System.out.printf("  report: ./gymwire report %s%n", ShellWords.quoted(dir.toString()));
        return finished ? 0 : 1;
    }

    private SweepPlan plan(Path directory) throws IOException {
        SweepPlan plan = new SweepPlan(directory, seeds(), part);
        List<String> given = optionsOfTrain();
        for (String envId : envIds) {
            List<String> words = new ArrayList<>(List.of(envId));
            words.addAll(given);
            plan.add(envId, words);
        }
        List<String> lines = file == null
                ? List.of()
                : new InputFile(file, "give a text file with the arguments of a train command in each line").lines();
        for (int i = 0; i < lines.size(); i++) {
            String place = "line " + (i + 1) + " of " + file;
            List<String> words = words(place, lines.get(i));
            // A line can be copied from a shell: "./gymwire train CartPole-v1 ...".
            if (!words.isEmpty()
                    && (words.get(0).equals("gymwire") || words.get(0).endsWith("/gymwire"))) {
                words.remove(0);
            }
            if (!words.isEmpty() && words.get(0).equals("train")) {
                words.remove(0);
            }
            if (!words.isEmpty()) {
                words.addAll(given);
                plan.add(place, words);
            }
        }
        if (plan.size() == 0) {
            throw new IllegalArgumentException(
                    file + " has no train command line; write one per line, e.g. CartPole-v1 --steps 100000");
        }
        return plan;
    }

    private static List<String> words(String place, String line) {
        try {
            return new ArrayList<>(Presets.parse(line));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private boolean isWhole() {
        // This method compares with ==, because --part 0/1 equals WHOLE but must count as a part. A Slurm array with
        // one task has --part 0/1, and this task can use only some of its node's cores.
        return part == Part.WHOLE;
    }

    /** The command line of this sweep without --slurm. */
    private List<String> thisCommand() {
        List<String> command = new ArrayList<>(List.of(Gymwire.launcher(), "sweep"));
        spec.commandLine().getParseResult().expandedArgs().stream()
                .filter(word -> !word.equals("--slurm") && !word.startsWith("--slurm="))
                .forEach(command::add);
        return command;
    }

    private List<String> optionsOfTrain() {
        return SettingOptions.words(spec.commandLine().getParseResult(), OWN);
    }

    private List<Long> seeds() {
        TreeSet<Long> all = new TreeSet<>();
        for (String part : seeds.split(",", -1)) {
            Matcher range = SEEDS.matcher(part);
            boolean valid = range.matches();
            long first = valid ? Long.parseLong(range.group(1)) : 0;
            long last = valid && range.group(2) != null ? Long.parseLong(range.group(2)) : first;
            if (!valid || last < first || last - first >= MAX_RUNS) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--seeds must be numbers or ranges, e.g. 1-5,8, with numbers of at most 18 digits and at most "
                                + MAX_RUNS + " seeds in a range; got " + seeds);
            }
            for (long seed = first; seed <= last; seed++) {
                all.add(seed);
            }
        }
        return List.copyOf(all);
    }

    /** The command that starts this program again, without the launcher and its checks; and the program's files. */
    private static Program thisProgram() {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", classPath, Gymwire.class.getName()));
        return new Program(command, Program.files(classPath), BUILD_PATIENCE);
    }

    /** Parses {@code K/N}. */
    private static final class PartConverter implements ITypeConverter<Part> {
        @Override
        public Part convert(String text) {
            try {
                return Part.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
