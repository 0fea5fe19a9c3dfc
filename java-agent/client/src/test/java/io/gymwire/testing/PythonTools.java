// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Python scripts with the interpreter of the server's virtual environment. */
public final class PythonTools {
    private static final int TIMEOUT_SECONDS = 120;
    private static final String REMEDY = "run `python3 python-env-server/bootstrap.py --dev`";

    private PythonTools() {}

    /** Returns the repository's root. */
    public static Path home() {
        String home = System.getProperty("gymwire.home");
        if (home == null) {
            throw new AssertionError("the system property gymwire.home must name the repository's root");
        }
        return Path.of(home).toAbsolutePath().normalize();
    }

    /** Returns the interpreter. */
    public static Path python() {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path python = home().resolve("python-env-server/.venv").resolve(windows ? "Scripts/python.exe" : "bin/python");
        if (!Files.isExecutable(python)) {
            throw new AssertionError("no Python at " + python + "; " + REMEDY);
        }
        return python;
    }

    /** Returns the path of a script in src/test/python of the client or of the agent. */
    public static Path script(String name) {
        Path ofClient = home().resolve("java-agent/client/src/test/python").resolve(name);
        return Files.exists(ofClient)
                ? ofClient
                : home().resolve("java-agent/agent/src/test/python").resolve(name);
    }

    /** Runs a script to its end and returns its standard output. If the script fails, the test fails. */
    public static String run(Path script, String... args) {
        List<String> command = new ArrayList<>(List.of(python().toString(), script.toString()));
        command.addAll(List.of(args));
        try {
            return run(command);
        } catch (IOException e) {
            throw new AssertionError("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("python", ".out");
        Path errors = Files.createTempFile("python", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            if (!ended || process.exitValue() != 0) {
                String text = Files.readString(errors);
                String remedy = text.contains("ModuleNotFoundError") ? "; " + REMEDY : "";
                throw new AssertionError(command + (ended ? " ended with " + process.exitValue() : " took too long")
                        + remedy + ":\n" + text);
            }
            return Files.readString(output);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
