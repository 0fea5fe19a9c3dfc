// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.files.Directories;
import io.gymwire.files.DirectoryLock;
import io.gymwire.files.FileException;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ProgressCsv;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run of the sweep in its own process. The output of the process goes to a log in the run's directory. */
final class Job {

    /** The exit code after SIGKILL: 128 plus the number of the signal. A killed process cannot log why it ended. */
    private static final int KILLED = 137;

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
     * Starts the process of a run. If the run has checkpoints, the process continues it from the newest checkpoint.
     *
     * @param gymwire the command to which {@code train} and its arguments are added
     * @return empty if the run has finished already, for example in another sweep with the same directory
     */
    static Optional<Job> start(SweepRun run, List<String> gymwire) throws IOException {
        RunFolder folder = new RunFolder(run.directory());
        List<String> command = new ArrayList<>(gymwire);
        command.add("train");
        long startSteps = 0;
        Directories.make(run.directory());
        if (!Files.exists(run.directory().resolve(DirectoryLock.FILE))) {
            // A directory that is refused must not get a lock file. So a directory without one is checked before it is
            // locked.
            folder.state(run.config());
        }
        // If an earlier sweep was killed, the process that it started for this run may still be alive and hold this
        // lock. Then acquire throws, so the call of clear below does not remove the files of that process.
        DirectoryLock lock = DirectoryLock.acquire(run.directory(), remark -> {});
        try {
            switch (folder.state(run.config())) {
                case FINISHED -> {
                    return Optional.empty();
                }
                case BEGUN -> {
                    command.addAll(run.resumeArguments());
                    startSteps = steps(folder.progress());
                }
                case NEW -> {
                    folder.clear();
                    command.addAll(run.arguments());
                    command.addAll(List.of("--run-dir", run.directory().toString()));
                }
            }
        } finally {
            // The new process takes the lock itself.
            lock.close();
        }
        Path log = run.directory().resolve(RunDirectory.LOG);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            // Either the log could not be opened, or the program could not be started. If the log can be written, the
            // program could not be started.
            throw log.toFile().canWrite() ? e : FileException.writing(log, e);
        }
        process.getOutputStream().close();
        return Optional.of(new Job(run, folder, log, process, startSteps));
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

    /** Asks the process to save a checkpoint and to end. */
    void stop() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** The newest row of progress.csv. */
    Map<String, Double> progress() {
        try {
            return folder.progress();
        } catch (IOException e) {
            // Only the display needs these values. The error must not stop the other runs.
            return Map.of();
        }
    }

    /**
     * The number of environment steps by which this process has advanced the run. Steps that an earlier process had
     * already made, and that this process repeats after the checkpoint, do not count.
     */
    long stepsTaken() {
        return Math.max(0, steps(progress()) - startSteps);
    }

    /** The run's results in the manifest. */
    Map<String, Double> result() throws IOException {
        return folder.result();
    }

    /** The reason why the run failed. */
    String complaint() {
        String words;
        try {
            words = exitCode() == KILLED ? "it was killed (SIGKILL)" : RunFolder.lastWords(log);
        } catch (IOException e) {
            words = "the reason is unknown: " + e.getMessage();
        }
        return words + " (exit code " + exitCode() + "; log: " + log + ")";
    }

    /**
     * Records the reason for a failure in the run's manifest. A report shows this reason. If the run had finished and
     * the process could not continue it to more steps, the manifest does not change, because the run is still as it
     * was.
     */
    void recordFailure(String reason) throws IOException {
        DirectoryLock lock = DirectoryLock.acquire(run.directory(), remark -> {});
        try {
            // From the moment when a run begins or continues, the status in its manifest is "running".
            if (Files.exists(folder.manifest())
                    && RunManifest.read(folder.manifest()).text("status", "").equals(RunManifest.FINISHED)) {
                return;
            }
            RunManifest.fail(
                    folder.manifest(),
                    run.config().envId(),
                    run.config().get(RunSettings.SEED),
                    run.arguments(),
                    reason);
        } finally {
            lock.close();
        }
    }

    private static long steps(Map<String, Double> row) {
        return row.getOrDefault(ProgressCsv.TOTAL_TIMESTEPS, 0.0).longValue();
    }
}
