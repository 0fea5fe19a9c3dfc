// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test's launcher is a Unix script")
class TrainProcessTest {

    @TempDir
    private Path directory;

    /** Starts a run and ends. Java runs the same hooks after Ctrl-C. */
    static final class Program {
        public static void main(String[] args) throws IOException {
            new TrainProcess("CartPole-v1", List.of());
            System.exit(0);
        }
    }

    @Test
    void theFilesOfARunAreRemovedIfTheProgramEndsDuringTheRun() throws IOException, InterruptedException {
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.createSymbolicLink(
                home.resolve("python-env-server"), PythonTools.home().resolve("python-env-server"));
        Path launcher = Files.writeString(home.resolve("gymwire"), "#!/bin/sh\nexec sleep 600\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dgymwire.home=" + home,
                        "-Djava.io.tmpdir=" + temporary,
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, program.waitFor(), out);
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(), files.toList(), out);
        }
    }
}
