// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {

    /** A program that ends with exit code 0, whatever its further arguments are. */
    private static final List<String> PROGRAM =
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version");

    private static final RunConfig CONFIG =
            new RunConfig("CartPole-v1", Settings.DEFAULTS.with(RunSettings.WORKERS, 1));

    @TempDir
    private Path directory;

    @Test
    void runsWhoseFilesCannotBeReadAreReportedAndDoNotStopTheSweep() throws Exception {
        List<SweepRun> runs = List.of(run("a"), run("b"), run("c"));
        // The progress of each run cannot be read: a directory is in the place of the file.
        for (SweepRun run : runs) {
            Files.createDirectories(run.directory().resolve("progress.csv").resolve("x"));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        SweepView view =
                new SweepView(runs, new PrintStream(text, true, StandardCharsets.UTF_8), true, 200, System::nanoTime);
        assertFalse(new Sweep(runs, 2, PROGRAM, view).run());
        String lines = text.toString(StandardCharsets.UTF_8);
        for (SweepRun run : runs) {
            Path manifest = run.directory().resolve("manifest.json");
            assertTrue(lines.contains("failed: " + manifest), lines);
        }
    }

    private SweepRun run(String name) {
        return new SweepRun(directory.resolve(name), CONFIG, List.of());
    }
}
