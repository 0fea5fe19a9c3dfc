// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.files.Directories;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.RunManifest;
import io.gymwire.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {

    /** A program that ends with exit code 0, whatever its further arguments are. */
    private static final List<String> PROGRAM =
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version");

    private static final RunConfig CONFIG =
            new RunConfig("CartPole-v1", Settings.DEFAULTS.with(RunSettings.WORKERS, 1));

    @TempDir
    private Path directory;

    /** The program makes no manifest, and a directory instead of progress.csv. Neither of the two files can be read. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell")
    void runsWhoseFilesCannotBeReadAreReportedAndDoNotStopTheSweep() throws Exception {
        List<SweepRun> runs = List.of(run("a"), run("b"), run("c"));
        // The arguments of the script are: train --run-dir DIRECTORY.
        String lines = sweep(runs, List.of("sh", "-c", "mkdir -p \"$3/progress.csv/x\"; sleep 0.3", "sh"));
        for (SweepRun run : runs) {
            Path manifest = run.directory().resolve("manifest.json");
            assertTrue(lines.contains("failed: " + manifest), lines);
        }
    }

    /** A run that failed at its start leaves none of these files: its config.json and manifest.json have an env_id. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "progress.csv",
                "notes.txt",
                "config.json",
                "manifest.json",
                "checkpoints/step_000000512.safetensors",
                "checkpoints/model.pt"
            })
    void aDirectoryWithAnUnexpectedFileIsRefusedAndNotChanged(String file) throws Exception {
        SweepRun refused = run("refused");
        Path kept = refused.directory().resolve(file);
        Files.createDirectories(kept.getParent());
        Files.writeString(kept, "{\"mine\": 1}");
        Files.createDirectories(refused.directory().resolve("checkpoints"));
        List<Path> before = Directories.walk(refused.directory());
        String lines = sweep(List.of(refused, run("other")), PROGRAM);
        assertTrue(
                lines.contains("failed: " + refused.directory()
                        + " cannot be used: it has no checkpoint to continue from, but it contains " + file),
                lines);
        assertEquals(before, Directories.walk(refused.directory()));
        assertEquals("{\"mine\": 1}", Files.readString(kept));
        assertTrue(Files.exists(directory.resolve("other/train.log")), "the other run must be started: " + lines);
    }

    @Test
    void theRemainsOfARunThatFailedAtItsStartAreRemovedAndTheRunIsStarted() throws Exception {
        SweepRun run = run("failed");
        Path checkpoints = Files.createDirectories(run.directory().resolve("checkpoints"));
        RunManifest.fail(run.directory().resolve("manifest.json"), "CartPole-v1", 1, List.of(), "no space");
        ConfigFile.write(run.directory().resolve("config.json"), CONFIG, Map.of());
        Files.writeString(run.directory().resolve(".config.json.77.tmp"), "{");
        Files.writeString(run.directory().resolve("train.log"), "gymwire: no space\n");
        Files.writeString(checkpoints.resolve("step_000000000.safetensors"), "");
        Files.writeString(checkpoints.resolve(".step_000000000.json.77.tmp"), "");
        sweep(List.of(run), PROGRAM);
        assertEquals(
                List.of(".lock", "train.log"),
                Directories.list(run.directory()).stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
        assertTrue(Files.size(run.directory().resolve("train.log")) > "gymwire: no space\n".length());
    }

    /** The jar is missing until the sweep has printed that both runs wait. The runs fail if they are started before. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell")
    void noRunIsStartedWhileABuildHasRemovedTheProgram() throws Exception {
        Path jar = directory.resolve("gymwire.jar");
        ByteArrayOutputStream text = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains("0 running, 2 waiting") && Files.notExists(jar)) {
                    assertDoesNotThrow(() -> Files.createFile(jar));
                }
            }
        };
        List<String> command = List.of("sh", "-c", "test -f \"$0\"", jar.toString());
        Program program = new Program(command, List.of(jar), Duration.ofMinutes(10));
        String lines = sweep(List.of(run("a"), run("b")), program, text);
        String note = jar + " is missing, ";
        assertTrue(lines.contains(note), lines);
        assertEquals(lines.indexOf(note), lines.lastIndexOf(note), lines);
        assertFalse(lines.contains("exit code"), lines);
        assertTrue(Files.exists(directory.resolve("a/train.log")) && Files.exists(directory.resolve("b/train.log")));
    }

    @Test
    void theFilesOfAProgramContainAJarThatABuildHasRemoved() throws Exception {
        Path removed = directory.resolve("a/gymwire.jar");
        Path other = Files.createFile(directory.resolve("other.jar"));
        Path classes = directory.resolve("classes");
        assertEquals(
                List.of(removed, directory.resolve("a/gymwire.stamp"), other),
                Program.files(removed + File.pathSeparator + other + File.pathSeparator + classes));
    }

    @Test
    void runsAreStartedIfTheProgramIsStillMissingAfterTheWait() throws Exception {
        Program program = new Program(PROGRAM, List.of(directory.resolve("gymwire.jar")), Duration.ZERO);
        sweep(List.of(run("a")), program, new ByteArrayOutputStream());
        assertTrue(Files.exists(directory.resolve("a/train.log")));
    }

    private static String sweep(List<SweepRun> runs, List<String> command) throws InterruptedException {
        return sweep(runs, new Program(command, List.of(), Duration.ZERO), new ByteArrayOutputStream());
    }

    /** Makes a sweep that does not finish; returns what it printed. */
    private static String sweep(List<SweepRun> runs, Program program, ByteArrayOutputStream text)
            throws InterruptedException {
        SweepView view =
                new SweepView(runs, new PrintStream(text, true, StandardCharsets.UTF_8), true, 200, System::nanoTime);
        assertFalse(new Sweep(runs, 2, program, view).run());
        return text.toString(StandardCharsets.UTF_8);
    }

    private SweepRun run(String name) {
        return new SweepRun(directory.resolve(name), CONFIG, List.of());
    }
}
