// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final Instant START = Instant.parse("2026-03-04T05:06:07.89Z");

    @TempDir
    private Path directory;

    @Test
    void namesTheDirectoryAfterTheEnvironmentTheSeedAndTheTime() {
        assertEquals(
                Path.of("runs/CartPole-v1__s0__20260304T050607Z"), RunDirectory.defaultPath("CartPole-v1", 0, START));
        assertEquals(
                Path.of("runs/ALE-Pong-v5__s-3__20260304T050607Z"), RunDirectory.defaultPath("ALE/Pong-v5", -3, START));
        assertEquals(
                Path.of("runs/my.envs-ns-Env-v0__s1__20260304T050607Z"),
                RunDirectory.defaultPath("my.envs:ns/Env-v0", 1, START));
    }

    @Test
    void makesAMissingDirectoryAndUsesTheDirectoryOfARunThatFailedBeforeTraining() throws IOException {
        Path path = directory.resolve("a/b");
        RunDirectory made = RunDirectory.create(path, "CartPole-v1", 1, START, line -> {});
        assertEquals(path, made.path());
        assertTrue(Files.isDirectory(made.checkpoints()));
        made.release();
        Files.delete(made.checkpoints());
        // If a run of a sweep fails before it makes its own files, its directory contains only the lock file and files
        // of the sweep.
        Files.writeString(path.resolve("manifest.json"), "{}");
        Files.writeString(path.resolve("train.log"), "");
        RunDirectory taken = RunDirectory.create(path, "CartPole-v1", 1, START, line -> {});
        assertEquals(path, taken.path());
        taken.release();
    }

    @Test
    void refusesADirectoryWithFilesInIt() throws IOException {
        Path path = directory.resolve("used");
        Files.createDirectories(path);
        Files.writeString(path.resolve("notes.txt"), "mine");
        String start = "run directory " + path + " exists and is not empty; give another --run-dir, or ";
        assertEquals(start + "remove its files if nobody needs them", refusal(path));
        Files.createDirectories(path.resolve("checkpoints"));
        assertEquals(start + "remove its files if nobody needs them", refusal(path));
        Files.writeString(path.resolve("checkpoints/latest"), "step_000000000");
        assertEquals(start + "continue that run with --resume " + path, refusal(path));
    }

    private static String refusal(Path path) {
        return assertThrows(IOException.class, () -> RunDirectory.create(path, "CartPole-v1", 1, START, line -> {}))
                .getMessage();
    }

    @Test
    void refusesAFileAndAPathThroughAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertTrue(assertThrows(IOException.class, () -> RunDirectory.create(file, "CartPole-v1", 1, START, line -> {}))
                .getMessage()
                .contains(file + " is a file; give another --run-dir"));
        Path below = file.resolve("below");
        assertTrue(
                assertThrows(IOException.class, () -> RunDirectory.create(below, "CartPole-v1", 1, START, line -> {}))
                        .getMessage()
                        .startsWith("cannot create run directory " + below));
    }

    @Test
    void opensOnlyADirectoryThatContainsARun() throws IOException {
        Path missing = directory.resolve("missing");
        assertTrue(messageOfOpen(missing).startsWith("run directory " + missing + " does not exist; give"));
        Path file = Files.writeString(directory.resolve("file"), "");
        assertTrue(messageOfOpen(file).startsWith("run directory " + file + " is a file; give"));
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertTrue(messageOfOpen(empty)
                .startsWith("directory " + empty + " contains no run: it has no manifest.json; give"));

        Files.writeString(empty.resolve("manifest.json"), "{}");
        RunDirectory run = RunDirectory.open(empty);
        assertEquals(empty.resolve("manifest.json"), run.manifest());
        assertEquals(empty.resolve("config.json"), run.config());
        assertEquals(empty.resolve("progress.csv"), run.progress());
        assertEquals(empty.resolve("monitor.csv"), run.monitor());
        assertEquals(empty.resolve("checkpoints"), run.checkpoints());
        assertEquals(empty.resolve("eval"), run.eval());
        assertEquals(empty.resolve("videos"), run.videos());
    }

    private static String messageOfOpen(Path path) {
        return assertThrows(IOException.class, () -> RunDirectory.open(path)).getMessage();
    }
}
