// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.run.ProgressCsv;
import io.gymwire.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A run of the sweep in a process of its own; what it prints goes to a log in the run's directory. */
final class Job {

    private final SweepRun run;
    private final RunFolder folder;
    private final Path log;
    private final Process process;
    private final long startSteps;

    private Job(SweepRun run, RunFolder folder, Path log, Process process, long startSteps) {
        this.run = run;
        this.folder = folder;
        this.log = log;
        this.process = process;
        this.startSteps = startSteps;
    }

    /**
     * Starts a run, or continues it where an earlier one was interrupted.
     *
     * @param gymwire the command that {@code train} and its arguments are added to
     */
    static Job start(SweepRun run, List<String> gymwire) throws IOException {
        RunFolder folder = new RunFolder(run.directory());
        List<String> command = new ArrayList<>(gymwire);
        long startSteps = 0;
        refuseIfRunning(run.directory());
        if (folder.state(run.steps()) == RunFolder.State.BEGUN) {
            command.addAll(List.of("train", "--resume", run.directory().toString(), "--steps=" + run.steps()));
            command.addAll(run.machineArguments());
            startSteps = steps(folder.progress());
        } else {
            folder.clear();
            command.add("train");
            command.addAll(run.arguments());
            command.addAll(List.of("--run-dir", run.directory().toString()));
        }
        Files.createDirectories(run.directory());
        Path log = run.directory().resolve(RunDirectory.LOG);
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        process.getOutputStream().close();
        return new Job(run, folder, log, process, startSteps);
    }

    /** Two processes in one directory would spoil each other's files; one may be left of a sweep that was killed. */
    private static void refuseIfRunning(Path directory) throws IOException {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            ProcessHandle other = processes.filter(process -> process.info().arguments()
                    .map(arguments -> List.of(arguments).contains(directory.toString())).orElse(false))
                    .findAny().orElse(null);
            if (other != null) {
                throw new IOException("process " + other.pid() + " still trains in " + directory
                        + "; wait for it, or end it, and start the sweep again");
            }
        }
    }

    SweepRun run() {
        return run;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Asks it to leave a checkpoint and end. */
    void stop() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** The newest row of progress.csv. */
    Map<String, Double> progress() throws IOException {
        return folder.progress();
    }

    /** Environment steps since this process began. */
    long stepsTaken() throws IOException {
        return Math.max(0, steps(folder.progress()) - startSteps);
    }

    /** What the manifest says of its end. */
    Map<String, Double> result() throws IOException {
        return folder.result();
    }

    /** Why it failed. */
    String complaint() throws IOException {
        return RunFolder.lastWords(log) + " (exit code " + exitCode() + "; log: " + log + ")";
    }

    private static long steps(Map<String, Double> row) {
        return row.getOrDefault(ProgressCsv.TOTAL_TIMESTEPS, 0.0).longValue();
    }
}
