// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.record.RunManifest;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end early, because of a signal or because the server or the agent is killed. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
class InterruptionTest {

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

    @ParameterizedTest
    @CsvSource({"INT, true, false, 130", "INT, false, true, 130", "TERM, true, true, 143"})
    void aSignalLeavesARunThatCanBeEvaluatedAndContinued(String signal, boolean wholeGroup, boolean late, int code)
            throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent = train(run)) {
            if (late) {
                agent.awaitOutput(MID_RUN);
            } else {
                agent.await(() -> Files.exists(run), "there is no run directory");
            }
            List<ProcessHandle> servers = agent.servers();
            if (wholeGroup) {
                agent.signalGroup(signal);
            } else {
                agent.signal(signal);
            }
            assertEquals(code, agent.awaitEnd());
            AgentProcess.awaitEnd(servers);
            assertEquals("", agent.err());
            assertTrue(agent.out().contains("evaluate: ./gymwire eval " + run), agent.out());
            assertTrue(agent.out().contains("continue: ./gymwire train --resume " + run), agent.out());
        }
        assertEquals("interrupted", status(run));
        assertWhole(run);

        long steps = latestSteps(run);
        Cli.succeed(
                "train",
                "--resume",
                run.toString(),
                "--steps",
                Long.toString(steps + 512),
                "--server",
                server.address());
        List<String> rows = Files.readAllLines(run.resolve("progress.csv"));
        assertEquals(steps / 256 + 2, rows.size() - 1);
        assertEquals("finished", status(run));
    }

    @Test
    void serversThatDieAgainAndAgainEndTheRunWithAnError() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent = train(run, "--checkpoint-every", "1000")) {
            agent.awaitOutput(MID_RUN);
            List<ProcessHandle> servers = List.of();
            for (int death = 1; death <= 3; death++) {
                agent.await(() -> rows(run) > 3 && rows(run) < Integer.MAX_VALUE, "the run made no progress");
                servers = agent.servers();
                AgentProcess.kill("KILL", Long.toString(servers.get(0).pid()));
                int losses = death;
                agent.await(
                        () -> losses == 3 || agent.output().split("continuing from step 0").length > losses,
                        "the run did not go on after the loss of its server");
                agent.await(() -> losses == 3 || rows(run) <= 3, "the run did not begin again at step 0");
            }
            int code = agent.awaitEnd();
            Cli.assertComplaint(
                    code,
                    agent.err(),
                    List.of("the server process " + servers.get(0).pid() + " exited with code 137"));
            AgentProcess.awaitEnd(servers);
            assertTrue(agent.out().contains("continue: ./gymwire train --resume " + run), agent.out());
        }
        assertEquals("failed", status(run));
        assertWhole(run);
    }

    @Test
    void aSignalDuringTheWaitForALostServerInterruptsTheRun() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (ManagedServer lost = ManagedServer.start();
                AgentProcess agent = train(run, "--server", lost.address())) {
            agent.awaitOutput(MID_RUN);
            // KILL, not TERM: for a moment after TERM, the server may answer requests with an error, and after such an
            // answer the agent does not wait. A killed server does not answer at all.
            AgentProcess.kill("KILL", Long.toString(lost.pid()));
            agent.awaitOutput("waiting up to");
            agent.signal("INT");
            assertEquals(130, agent.awaitEnd(), agent::output);
            assertTrue(agent.out().contains("interrupted after"), agent.out());
            assertTrue(agent.out().contains("continue: ./gymwire train --resume " + run), agent.out());
        }
        assertEquals("interrupted", status(run));
        assertWhole(run);
    }

    @Test
    void theDeathOfTheAgentEndsItsServersAndLeavesACheckpoint() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent = train(run)) {
            agent.awaitOutput(MID_RUN);
            List<ProcessHandle> servers = agent.servers();
            agent.signal("KILL");
            assertEquals(137, agent.awaitEnd());
            AgentProcess.awaitEnd(servers);
        }
        assertEquals("running", status(run));
        assertWhole(run);
    }

    /**
     * The run is asked to stop during the reset of its environment, which takes three seconds. The resume continues
     * from step 256, because the newest checkpoint is damaged.
     */
    @Test
    void aResumeThatIsInterruptedBeforeItBeginsKeepsTheFilesOfTheRun() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (ManagedServer slow = startSlowServer()) {
            trainAndSlowDown(run, slow);
            Files.write(run.resolve("checkpoints/step_000000512.safetensors"), new byte[0]);
            Map<String, String> before = RunFiles.texts(run);
            String[] resume = {"train", "--resume", run.toString(), "--steps", "768", "--server", slow.address()};
            try (AgentProcess agent = new AgentProcess(directory, List.of(), resume)) {
                agent.awaitOutput("resuming SlowReset-v0");
                agent.signal("INT");
                assertEquals(130, agent.awaitEnd(), agent::output);
                assertTrue(agent.out().contains("interrupted after 256 steps"), agent.out());
            }
            assertEquals(before, RunFiles.texts(run));
        }
    }

    /**
     * An early signal comes while verify waits for its server, which never listens. A late signal comes during a reset
     * of the second run.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void verifyRemovesItsSecondRunAfterASignal(boolean late) throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        try (ManagedServer slow = startSlowServer()) {
            trainAndSlowDown(run, slow);
            List<String> command = new ArrayList<>(List.of("verify", run.toString()));
            command.addAll(
                    late
                            ? List.of("--server", slow.address())
                            : List.of("--python", neverListens().toString()));
            List<String> jvm = List.of("-Djava.io.tmpdir=" + temporary);
            try (AgentProcess agent = new AgentProcess(directory, jvm, command.toArray(String[]::new))) {
                agent.await(() -> !secondRuns(temporary).isEmpty(), "there is no second run");
                if (late) {
                    agent.awaitOutput("training SlowReset-v0");
                }
                agent.signal("INT");
                assertEquals(130, agent.awaitEnd(), agent::output);
                assertTrue(!late || agent.out().endsWith("interrupted: nothing was compared\n"), agent.out());
            }
        }
        assertEquals(List.of(), secondRuns(temporary));
    }

    /** Makes a script that ends when its input ends, like a managed server. */
    private Path neverListens() throws IOException {
        Path script = Files.writeString(directory.resolve("python"), "#!/bin/sh\nexec cat\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    private static List<Path> secondRuns(Path temporary) {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("gymwire-verify"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In its 201st step, the environment kills its server. The other server cannot restore the environment's state. */
    @Test
    void aRunWhoseEnvironmentsCannotBeRestoredAfterALossKeepsItsResult() throws IOException {
        Files.writeString(directory.resolve("fragile.py"), """
                import os
                import signal
                import gymnasium
                import numpy as np
                from gymwire.server.snapshot import register_state

                class Fragile(gymnasium.Env):
                    observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float64)
                    action_space = gymnasium.spaces.Discrete(2)

                    def __init__(self):
                        self.steps = 0

                    def reset(self, *, seed=None, options=None):
                        super().reset(seed=seed)
                        return np.zeros(1), {}

                    def step(self, action):
                        self.steps += 1
                        if self.steps > 200:
                            with open(__file__ + ".pid") as file:
                                os.kill(int(file.read()), signal.SIGKILL)
                        return np.zeros(1), 1.0, False, False, {}

                    def put(self, steps):
                        raise ValueError("refused")

                register_state(Fragile, ignore=["steps"], take=lambda env: env.steps, put=Fragile.put)
                gymnasium.register("Fragile-v0", Fragile, max_episode_steps=10)
                """);
        Path run = directory.resolve("run");
        List<String> options = List.of("--import", "fragile");
        Map<String, String> variables = Map.of("PYTHONPATH", directory.toString());
        try (ManagedServer lost = ManagedServer.start(options, variables);
                ManagedServer other = ManagedServer.start(options, variables)) {
            Files.writeString(directory.resolve("fragile.py.pid"), Long.toString(lost.pid()));
            List<String> command = new ArrayList<>(List.of("train", "Fragile-v0", "--steps", "640", "--batch", "64"));
            command.addAll(List.of("--envs", "1", "--checkpoint-every", "0", "--run-dir", run.toString()));
            command.addAll(List.of("--server", lost.address() + "," + other.address()));
            Cli.Outcome outcome = Cli.run(command.toArray(String[]::new));
            assertEquals(1, outcome.code(), outcome.out());
            assertTrue(outcome.err().contains("refused"), outcome.err());
            assertTrue(outcome.out().contains("continuing from step 192"), outcome.out());
        }
        JsonObject manifest = RunManifest.read(run.resolve("manifest.json")).json();
        assertEquals("failed", manifest.get("status").getAsString());
        JsonObject result = manifest.getAsJsonObject("result");
        assertEquals(192, result.get("total_timesteps").getAsInt());
        assertEquals(10.0, result.get("ep_rew_mean").getAsDouble());
    }

    /** Starts a server with SlowReset-v0. After {@link #trainAndSlowDown}, a reset of this environment takes 3 s. */
    private ManagedServer startSlowServer() throws IOException {
        Files.writeString(directory.resolve("slow_reset.py"), """
                import os
                import time
                import gymnasium
                from gymnasium.envs.classic_control import CartPoleEnv

                class SlowReset(CartPoleEnv):
                    def __init__(self):
                        super().__init__()
                        self.unsaved = object()  # the state cannot be saved, so a resumed run resets the environment

                    def reset(self, **arguments):
                        time.sleep(3.0 if os.path.exists(__file__ + ".slow") else 0.0)
                        return super().reset(**arguments)

                gymnasium.register("SlowReset-v0", SlowReset)
                """);
        return ManagedServer.start(List.of("--import", "slow_reset"), Map.of("PYTHONPATH", directory.toString()));
    }

    private void trainAndSlowDown(Path run, ManagedServer slow) throws IOException {
        List<String> command = new ArrayList<>(List.of("train", "SlowReset-v0", "--steps", "512", "--batch", "256"));
        command.addAll(List.of("--envs", "1", "--checkpoint-every", "0", "--eval-every", "256"));
        command.addAll(List.of("--eval-episodes", "1", "--run-dir", run.toString(), "--server", slow.address()));
        Cli.succeed(command.toArray(String[]::new));
        Files.createFile(directory.resolve("slow_reset.py.slow"));
    }

    private AgentProcess train(Path run, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("train", "CartPole-v1", "--steps", "100000000"));
        command.addAll(List.of("--batch", "256", "--critic-epochs", "1", "--run-dir", run.toString()));
        command.addAll(List.of(more));
        return new AgentProcess(directory, List.of(), command.toArray(String[]::new));
    }

    private static int rows(Path run) {
        try {
            return Files.readAllLines(run.resolve("progress.csv")).size();
        } catch (IOException e) {
            // The file does not exist yet.
            return Integer.MAX_VALUE;
        }
    }

    private static String status(Path run) throws IOException {
        JsonObject manifest = JsonParser.parseString(Files.readString(run.resolve("manifest.json")))
                .getAsJsonObject();
        return manifest.get("status").getAsString();
    }

    private static long latestSteps(Path run) throws IOException {
        return Long.parseLong(
                Files.readString(run.resolve("checkpoints/latest")).strip().substring("step_".length()));
    }

    /**
     * Checks that no temporary file is left, that each line of progress.csv is complete, and that the checkpoint can be
     * evaluated.
     */
    private static void assertWhole(Path run) throws IOException {
        Cli.assertNoTemporaryFiles(run);
        Path progress = run.resolve("progress.csv");
        if (Files.exists(progress)) {
            String text = Files.readString(progress);
            assertTrue(text.isEmpty() || text.endsWith("\n"), text);
            assertTrue(
                    text.lines()
                                    .map(line -> line.split(",", -1).length)
                                    .distinct()
                                    .count()
                            <= 1,
                    text);
        }
        Cli.succeed("eval", run.toString(), "--episodes", "2", "--server", server.address());
    }
}
