// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.testing.PythonTools;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests of runs on environments with each kind of space and with action masks. Most of these environments are from
 * space_envs.py.
 */
class SpacesTest {

    /** The highest possible return of each environment in which a test checks the return. */
    private static final double BEST = 5;

    private static ManagedServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        server = Cli.startServerOf("space_envs");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "Digits, none, 20000",
                "Bits, none, 20000",
                "Arm, none, 60000",
                "Doors, info:open, 20000",
                "Levers, observation:mask, 20000"
            })
    void tasksWithEachKindOfSpaceAreLearntAndPlayed(String task, String mask, String steps) throws IOException {
        Path run = directory.resolve("run");
        train(run, "Spaces/" + task + "-v0", mask, steps);
        Cli.succeed("eval", run.toString(), "--episodes", "5", "--server", server.address());
        assertTrue(meanReturn(run) >= 0.95 * BEST, () -> "the mean return of eval is " + meanReturn(run));
        Cli.succeed("verify", run.toString(), "--iterations", "2", "--server", server.address());
        if (mask == null) {
            double played = playedByPython(run, task);
            assertTrue(played >= 0.95 * BEST, () -> "the mean return of the policy in Python is " + played);
        }
    }

    @Test
    void aResumedRunWithAMaskHasTheProgressOfAnUninterruptedRun() throws IOException {
        Path whole = directory.resolve("whole");
        Path parts = directory.resolve("parts");
        train(whole, "Taxi-v4", "info:action_mask", "8192");
        train(parts, "Taxi-v4", "info:action_mask", "4096");
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "8192", "--server", server.address());
        assertEquals(
                RunFiles.withoutTimes(whole.resolve("progress.csv")),
                RunFiles.withoutTimes(parts.resolve("progress.csv")));
    }

    @Test
    void aMaskThatAllowsNothingEndsTheRun() {
        List<String> fragments = List.of("gave an action mask that allows no choice");
        Cli.fail(fragments, arguments(directory.resolve("run"), "Spaces/ShutDoors-v0", "info:open", "4096"));
    }

    @Test
    void theErrorNamesAMaskThatDoesNotExist() {
        Cli.fail(
                List.of("no action mask 'opened'", "'open'"),
                arguments(directory.resolve("run"), "Spaces/Doors-v0", "info:opened", "4096"));
        Cli.fail(
                List.of("no part 'masks'", "mask, seen"),
                arguments(directory.resolve("run2"), "Spaces/Levers-v0", "observation:masks", "4096"));
    }

    private static void train(Path run, String task, String mask, String steps) {
        Cli.succeed(arguments(run, task, mask, steps));
    }

    private static String[] arguments(Path run, String task, String mask, String steps) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                task,
                "--server",
                server.address(),
                "--steps",
                steps,
                "--seed",
                "1",
                "--anneal-steps",
                "60000",
                "--run-dir",
                run.toString()));
        if (mask != null) {
            arguments.addAll(List.of("--action-mask", mask));
        }
        return arguments.toArray(String[]::new);
    }

    /** The mean return of five episodes that the policy plays in Python. */
    private static double playedByPython(Path run, String task) {
        try {
            Path checkpoints = run.resolve("checkpoints");
            String newest = Files.readString(checkpoints.resolve("latest")).strip();
            return Double.parseDouble(PythonTools.run(
                    PythonTools.script("load_policy.py"),
                    "play",
                    checkpoints.resolve(newest + ".safetensors").toString(),
                    PythonTools.home().resolve("python-env-server/tests").toString(),
                    "space_envs:Spaces/" + task + "-v0",
                    "5"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double meanReturn(Path run) {
        try {
            return Files.readAllLines(run.resolve("eval/evaluations.csv")).stream()
                    .skip(1)
                    .mapToDouble(line -> Double.parseDouble(line.split(",")[3]))
                    .average()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
