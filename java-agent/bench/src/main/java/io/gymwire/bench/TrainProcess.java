// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.remote.ServerHome;
import io.gymwire.files.Directories;
import io.gymwire.record.CsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A process {@code ./gymwire train}. {@link #close} ends the process and deletes the run directory. */
final class TrainProcess implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TrainProcess.class.getName());

    private final String envId;
    private final Path directory;
    private final Process process;
    private final Thread killer;

    /**
     * Starts a run.
     *
     * @param options the options of train, without the run directory
     */
    TrainProcess(String envId, List<String> options) throws IOException {
        this.envId = envId;
        directory = Files.createTempDirectory("gymwire-bench");
        List<String> command = new ArrayList<>();
        command.add(ServerHome.find().directory().resolveSibling("gymwire").toString());
        command.addAll(List.of("train", envId));
        command.addAll(options);
        command.addAll(List.of("--run-dir", directory.resolve("run").toString()));
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log().toFile())
                .start();
        killer = new Thread(this::endAtExit, "gymwire-bench-train");
        Runtime.getRuntime().addShutdownHook(killer);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The file progress.csv as far as it is written. */
    CsvTable progress() throws IOException {
        return CsvTable.read(directory.resolve("run").resolve("progress.csv"), Set.of());
    }

    /**
     * Waits until the run has finished.
     *
     * @throws IOException if the run failed, or if this thread was interrupted
     */
    void await() throws IOException {
        try {
            if (process.waitFor() != 0) {
                throw failure("failed with exit code " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while train " + envId + " ran", e);
        }
    }

    /** An exception with the run's error output. */
    IOException failure(String what) throws IOException {
        return new IOException(
                "train " + envId + " " + what + ": " + Files.readString(log()).strip());
    }

    private Path log() {
        return directory.resolve("log");
    }

    @Override
    public void close() throws IOException {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // The Java process is ending, so the hook cannot be removed. The hook has no effect now: the run has ended.
            LOG.log(System.Logger.Level.DEBUG, "ending", e);
        }
    }

    /** Ends the run without force, so that the run can still end its servers. Then removes its files. */
    private synchronized void end() throws IOException {
        process.destroy();
        process.onExit().join();
        if (Files.exists(directory)) {
            Directories.remove(directory);
        }
    }

    private void endAtExit() {
        try {
            end();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }
}
