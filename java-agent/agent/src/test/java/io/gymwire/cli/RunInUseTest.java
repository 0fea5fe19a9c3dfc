// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.files.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Only one process at a time can train in a run directory. If somebody removes the directory or its monitor.csv, the
 * process ends with an error.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
class RunInUseTest {

    private static final String MID_RUN = " steps/s";

    private static ManagedServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        server = ManagedServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aSecondProcessIsRefusedUntilTheFirstProcessIsKilled() throws IOException, InterruptedException {
        Path run = directory.resolve("sweep/CartPole-v1__s1");
        try (AgentProcess agent = train(run, "--checkpoint-every", "0")) {
            agent.awaitOutput(MID_RUN);
            String manifest = Files.readString(run.resolve("manifest.json"));
            List<String> complaint = List.of(run + " is in use by process ", " on ", " since 20", "; wait until");
            Cli.fail(complaint, "train", "--resume", run.toString());
            Cli.fail(complaint, "train", "CartPole-v1", "--run-dir", run.toString(), "--server", server.address());
            Cli.Outcome sweep = Cli.run(
                    "sweep",
                    "CartPole-v1",
                    "--seeds",
                    "1",
                    "--dir",
                    directory + "/sweep",
                    "--preset",
                    "none",
                    "--steps",
                    "100000000",
                    "--batch",
                    "256",
                    "--critic-epochs",
                    "1",
                    "--checkpoint-every",
                    "0");
            assertEquals(1, sweep.code(), sweep.err());
            assertTrue(sweep.out().contains("failed: " + run + " is in use by process "), sweep.out() + sweep.err());
            assertEquals(manifest, Files.readString(run.resolve("manifest.json")), "the manifest must stay unchanged");
            Cli.succeed("eval", run.toString(), "--episodes", "1", "--server", server.address());
            agent.signal("KILL");
            assertEquals(137, agent.awaitEnd());
        }
        String report = Cli.succeed("report", run.toString(), "--out", directory + "/report", "--formats", "md");
        assertTrue(report.contains(" is not finished (killed), at step "), report);
        assertTrue(report.contains("| killed | "), report);
        String resumed = Cli.succeed(
                "train",
                "--resume",
                run.toString(),
                "--server",
                server.address(),
                "--steps",
                Long.toString(256 + latestSteps(run)));
        assertTrue(resumed.contains("finished after "), resumed);
    }

    @Test
    void aRunFailsAndDoesNotMakeItsDirectoryAgainIfTheDirectoryIsRemoved() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent = train(run, "--checkpoint-every", "1000")) {
            agent.awaitOutput(MID_RUN);
            Directories.remove(run);
            Cli.assertComplaint(
                    agent.awaitEnd(), agent.err(), List.of(run + " is gone: it was removed during the run"));
            assertFalse(agent.out().contains("evaluate:"), agent.out());
        }
        assertFalse(Files.exists(run));
    }

    @Test
    void aRunFailsIfItsMonitorFileIsRemoved() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent = train(run, "--checkpoint-every", "1000")) {
            agent.awaitOutput(MID_RUN);
            Files.delete(run.resolve("monitor.csv"));
            Cli.assertComplaint(agent.awaitEnd(), agent.err(), List.of(run.resolve("monitor.csv") + " is gone"));
        }
        String manifest = Files.readString(run.resolve("manifest.json"));
        assertTrue(manifest.contains("\"status\": \"failed\""), manifest);
        assertTrue(manifest.contains("\"error\": \"" + run.resolve("monitor.csv") + " is gone"), manifest);
    }

    private AgentProcess train(Path run, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "train",
                "CartPole-v1",
                "--preset",
                "none",
                "--steps",
                "100000000",
                "--batch",
                "256",
                "--critic-epochs",
                "1",
                "--server",
                server.address(),
                "--run-dir",
                run.toString()));
        command.addAll(List.of(more));
        return new AgentProcess(directory, List.of(), command.toArray(String[]::new));
    }

    private static long latestSteps(Path run) throws IOException {
        return Long.parseLong(
                Files.readString(run.resolve("checkpoints/latest")).strip().substring("step_".length()));
    }
}
