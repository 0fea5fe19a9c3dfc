// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.testing.PythonTools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** Runs commands in this process. */
public final class Cli {

    private Cli() {}

    /** The texts that a command printed, and its exit code. */
    public record Outcome(int code, String out, String err) {}

    static Outcome run(String... args) {
        return run(Gymwire::run, args);
    }

    /** Runs a program in this process. The function {@code program} returns the exit code. */
    public static Outcome run(ToIntFunction<String[]> program, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream usualOut = System.out;
        PrintStream usualErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int code = program.applyAsInt(args);
            return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(usualOut);
            System.setErr(usualErr);
        }
    }

    /** Runs a command that must succeed and print nothing to standard error; returns its output. */
    static String succeed(String... args) {
        Outcome outcome = run(args);
        assertEquals("", outcome.err());
        assertEquals(0, outcome.code(), outcome.out());
        return outcome.out();
    }

    /** Runs a command that must fail. Its standard error must be one line with all the fragments. */
    static void fail(List<String> fragments, String... args) {
        Outcome outcome = run(args);
        assertComplaint(outcome.code(), outcome.err(), fragments);
    }

    /** Checks that a command failed, and that its standard error is one line with all the fragments. */
    public static void assertComplaint(int code, String err, List<String> fragments) {
        assertNotEquals(0, code, err);
        assertTrue(err.startsWith("gymwire: "), err);
        assertEquals(1, err.lines().count(), err);
        for (String fragment : fragments) {
            assertTrue(err.contains(fragment), "'" + fragment + "' is not in: " + err);
        }
    }

    /** Starts a server that also has the environments of faulty_envs.py. */
    static ManagedServer startFaultyServer() {
        return startServerOf("faulty_envs");
    }

    /** Starts a server that also has the environments of a module in the server's tests. */
    static ManagedServer startServerOf(String module) {
        Path tests = PythonTools.home().resolve("python-env-server/tests");
        return ManagedServer.start(List.of("--import", module), Map.of("PYTHONPATH", tests.toString()));
    }

    /** Fails if this process has children other than the processes of the given servers. */
    public static void assertNoOtherServers(ManagedServer... known) {
        List<Long> pids = Stream.of(known).map(ManagedServer::pid).toList();
        List<String> others = ProcessHandle.current()
                .children()
                .filter(process -> !pids.contains(process.pid()))
                .map(process -> process.info().toString())
                .toList();
        assertEquals(List.of(), others);
    }

    /** Fails if a directory contains temporary files. Their names end in .tmp; a complete file has its final name. */
    static void assertNoTemporaryFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.getFileName().toString().endsWith(".tmp"))
                            .toList());
        }
    }
}
