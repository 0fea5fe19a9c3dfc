// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import java.io.IOException;
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
 * If an environment cannot be made, does not fit the agent, raises an exception or returns NaN, the command ends with
 * an error of one line. With {@code --debug}, the error also has the traceback.
 */
class EnvironmentErrorsTest {

    private static ManagedServer faulty;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        faulty = Cli.startFaultyServer();
    }

    @AfterAll
    static void stopServer() {
        faulty.close();
    }

    @Test
    void theErrorForAnUnknownEnvironmentNamesSimilarEnvironments() {
        refuse(List.of("CartPoel-v1", "CartPole-v1"), "CartPoel-v1", false);
    }

    @Test
    void theErrorForAnUnknownVersionNamesTheKnownVersions() {
        refuse(List.of("HalfCheetah-v9", "HalfCheetah-v5"), "HalfCheetah-v9", true);
    }

    @Test
    void theErrorForAMissingDependencySaysHowToInstallIt() {
        refuse(List.of("phys2d/CartPole-v1 needs the package jax", "pip install"), "phys2d/CartPole-v1", true);
    }

    @Test
    void theErrorForAnUnsupportedActionSpaceNamesTheSupportedSpaces() {
        refuse(List.of("Text", "can act in Box, Discrete, MultiDiscrete"), "Faulty/TextActions-v0", true);
    }

    /**
     * Each environment fails after 20 good steps. RaisesInReset fails in the next reset, which comes after at most 100
     * steps (the limit of an episode). The others fail in step 21. With a segment of 16 steps, step 21 is in the second
     * iteration. With the longer segments below, the failure is in the first iteration.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Faulty/RaisesInStep-v0   | 32 | RuntimeError, the motor is stuck, --debug | 0",
                "Faulty/RaisesInReset-v0  | 128 | RuntimeError, the motor does not start, --debug | 0",
                "Faulty/NanObservation-v0 | 16 | observation whose element 0 is NaN, step 21 | 1",
                "Faulty/NanReward-v0      | 32 | the reward NaN, step 21 | 0"
            })
    void aFailingEnvironmentEndsTheRunAfterTheLastCompleteIteration(
            String envId, int segment, String fragments, int iterations) throws IOException {
        List<String> wanted = new ArrayList<>(List.of(fragments.split(", ")));
        Path run = directory.resolve("run");
        Cli.Outcome outcome = Cli.run(
                "train",
                envId,
                "--server",
                faulty.address(),
                "--envs",
                "2",
                "--batch",
                Integer.toString(2 * segment),
                "--steps",
                "4096",
                "--run-dir",
                run.toString());
        Cli.assertComplaint(outcome.code(), outcome.err(), wanted);
        String manifest = Files.readString(run.resolve("manifest.json"));
        assertEquals(
                "failed",
                JsonParser.parseString(manifest).getAsJsonObject().get("status").getAsString());
        assertEquals(
                iterations == 0 ? 0 : iterations + 1,
                Files.readAllLines(run.resolve("progress.csv")).size());
        assertTrue(Files.readString(run.resolve("checkpoints/latest")).startsWith("step_"));
        Cli.assertNoTemporaryFiles(run);
        Cli.assertNoOtherServers(faulty);
    }

    @Test
    void thePythonTracebackIsShownWithDebug() {
        Cli.Outcome outcome = Cli.run(
                "train",
                "Faulty/RaisesInStep-v0",
                "--server",
                faulty.address(),
                "--debug",
                "--run-dir",
                directory.resolve("run").toString());
        assertTrue(outcome.err().contains("Traceback (most recent call last)"), outcome.err());
        assertTrue(outcome.err().contains("faulty_envs.py"), outcome.err());
    }

    private void refuse(List<String> fragments, String envId, boolean useRunningServer) {
        Path run = directory.resolve("run");
        List<String> args = new ArrayList<>(List.of("train", envId, "--run-dir", run.toString()));
        if (useRunningServer) {
            args.addAll(List.of("--server", faulty.address()));
        }
        Cli.fail(fragments, args.toArray(String[]::new));
        assertFalse(Files.exists(run));
        Cli.assertNoOtherServers(faulty);
    }
}
