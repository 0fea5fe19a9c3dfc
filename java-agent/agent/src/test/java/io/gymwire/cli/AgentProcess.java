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

/** A command in a separate process. The process leads a process group, like a command that a shell starts. */
final class AgentProcess implements AutoCloseable {

    private static final long TIMEOUT_SECONDS = 90;
    /**
     * Python code that starts a process group, restores the effect of Ctrl-C and runs the command. Without this code,
     * the command ignores Ctrl-C if the tests run in a background job of a script.
     */
    private static final String LEAD_A_GROUP = "import os, signal, sys;"
            + " signal.signal(signal.SIGINT, signal.SIG_DFL); os.setsid(); os.execv(sys.argv[1], sys.argv[1:])";

    private final Process process;
    private final Path out;
    private final Path err;

    /**
     * Starts a command.
     *
     * @param directory the folder for the files with the command's output
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

    /** The command line that starts the program, up to the program's own arguments. */
    static List<String> command(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // The launcher has these options too: without them, newer Java warns about gRPC's native transport and
            // protobuf's Unsafe.
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

    /** The text that the process has printed to standard output so far. */
    String out() throws IOException {
        return Files.readString(out);
    }

    /** The text that the process has printed to standard error so far, without two warnings of the JVM. */
    String err() throws IOException {
        List<String> lines = Files.readAllLines(err);
        // The JVM prints these warnings, not Gymwire. Java 17 does not print the second warning; Java 25 does.
        lines.removeIf(line -> line.startsWith("WARNING: Using incubator modules")
                || line.startsWith("WARNING: java.io.tmpdir directory does not exist"));
        return String.join("\n", lines);
    }

    /** Waits until a condition is true; fails if the command ends first, or after 90 seconds. */
    void await(BooleanSupplier condition, String otherwise) throws InterruptedException {
        await(process, condition, () -> otherwise + ": " + output());
    }

    /** Waits until a condition is true; fails if a process ends first, or after 90 seconds. */
    static void await(Process process, BooleanSupplier condition, Supplier<String> otherwise)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, otherwise);
            Thread.sleep(1);
        }
    }

    /** Waits until the process has printed a text. */
    void awaitOutput(String text) throws InterruptedException {
        await(() -> output().contains(text), "it did not print '" + text + "'");
    }

    /** The processes that the command started and that still run: environment servers, or the runs of a sweep. */
    List<ProcessHandle> servers() {
        return process.toHandle().children().toList();
    }

    /** Sends a signal to the command only, and not to its servers. */
    void signal(String name) throws IOException, InterruptedException {
        kill(name, Long.toString(process.pid()));
    }

    /** Sends a signal to the command and its servers, as a terminal does after Ctrl-C. */
    void signalGroup(String name) throws IOException, InterruptedException {
        kill(name, "-" + process.pid());
    }

    static void kill(String name, String target) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + target)
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits until the process has ended, and returns its exit code. */
    int awaitEnd() throws InterruptedException {
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), () -> "it did not end: " + output());
        return process.exitValue();
    }

    /** Waits until the servers of an agent have ended. */
    static void awaitEnd(List<ProcessHandle> servers) throws InterruptedException {
        assertFalse(servers.isEmpty());
        BooleanSupplier alive = () -> servers.stream().anyMatch(ProcessHandle::isAlive);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (alive.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertFalse(alive.getAsBoolean(), "a server runs after the end of its agent");
    }

    /** Waits until no process uses a run's directory any more. A killed process can need a moment to end. */
    static void awaitRelease(Path run) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (DirectoryLock.isHeld(run).equals(Optional.of(true))) {
            assertTrue(System.nanoTime() < deadline, run + " is still in use");
            Thread.sleep(20);
        }
    }

    /** Kills the process if it still runs. Its servers end then too. */
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
