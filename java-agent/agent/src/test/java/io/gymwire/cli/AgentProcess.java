// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.files.DirectoryLock;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A command in a process of its own, the leader of a process group, as a shell starts it on a terminal. */
final class AgentProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 90;
    /** A parent that ignores Ctrl-C, as a script's background job does, must not hand that down. */
    private static final String LEAD_A_GROUP = "import os, signal, sys;"
            + " signal.signal(signal.SIGINT, signal.SIG_DFL); os.setsid(); os.execv(sys.argv[1], sys.argv[1:])";

    private final Process process;
    private final Path out;
    private final Path err;

    /**
     * Starts a command.
     *
     * @param directory where its output is kept
     * @param jvmOptions further options of the JVM
     */
    AgentProcess(Path directory, List<String> jvmOptions, String... args) throws IOException {
        out = Files.createTempFile(directory, "agent", ".out");
        err = Files.createTempFile(directory, "agent", ".err");
        List<String> command = new ArrayList<>(List.of(PythonTools.python().toString(), "-c", LEAD_A_GROUP));
        command.addAll(command(jvmOptions));
        command.addAll(List.of(args));
        process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    /** The words that start the program; those of its arguments follow. */
    static List<String> command(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // As in the launcher: newer Java warns of gRPC's native transport and protobuf's Unsafe unless told.
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                "-Dgymwire.home=" + PythonTools.home()));
        command.addAll(jvmOptions);
        command.add(Gymwire.class.getName());
        return command;
    }

    /** What it printed so far. */
    String out() throws IOException {
        return Files.readString(out);
    }

    /** What it printed to standard error so far, without the JVM's own remark. */
    String err() throws IOException {
        List<String> lines = Files.readAllLines(err);
        // The JVM's own; from 25 on it warns of a temporary directory, too.
        lines.removeIf(line -> line.startsWith("WARNING: Using incubator modules")
                || line.startsWith("WARNING: java.io.tmpdir directory does not exist"));
        return String.join("\n", lines);
    }

    /** Waits until something has happened while it runs. */
    void await(BooleanSupplier happened, String otherwise) throws InterruptedException {
        await(process, happened, () -> otherwise + ": " + output());
    }

    /** Waits until something has happened while a process runs. */
    static void await(Process process, BooleanSupplier happened, Supplier<String> otherwise)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!happened.getAsBoolean()) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, otherwise);
            Thread.sleep(1);
        }
    }

    /** Waits until it has printed a text. */
    void awaitOutput(String text) throws InterruptedException {
        await(() -> output().contains(text), "it did not print '" + text + "'");
    }

    /** The environment servers it started. */
    List<ProcessHandle> servers() {
        return process.toHandle().children().toList();
    }

    /** Sends a signal to it alone. */
    void signal(String name) throws IOException, InterruptedException {
        kill(name, Long.toString(process.pid()));
    }

    /** Sends a signal to it and its servers, as a terminal does. */
    void signalGroup(String name) throws IOException, InterruptedException {
        kill(name, "-" + process.pid());
    }

    static void kill(String name, String target) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + target)
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits for its end and returns its exit code. */
    int awaitEnd() throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "it did not end: " + output());
        return process.exitValue();
    }

    /** Waits for the end of its servers. */
    static void awaitEnd(List<ProcessHandle> servers) throws InterruptedException {
        assertFalse(servers.isEmpty());
        BooleanSupplier alive = () -> servers.stream().anyMatch(ProcessHandle::isAlive);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (alive.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertFalse(alive.getAsBoolean(), "a server outlived its agent");
    }

    /** Waits until no process holds a run's directory any more: one that was killed may take a moment to end. */
    static void awaitRelease(Path run) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (DirectoryLock.isHeld(run).equals(Optional.of(true))) {
            assertTrue(System.nanoTime() < deadline, run + " is still held");
            Thread.sleep(20);
        }
    }

    /** Kills it if it still runs; its servers end with it. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    String output() {
        try {
            return out() + err();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
