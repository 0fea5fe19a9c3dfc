// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.files.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"CartPole-v1", "HalfCheetah-v5", "Ant-v5"})
    void verifyFindsNoDifferenceWithOneWorkerOrWithOnlyTwoIterations(String envId) throws IOException {
        Path run = train(envId);
        String whole = Cli.succeed("verify", run.toString(), "--workers", "1");
        assertTrue(whole.contains("identical: 3 iterations and the final checkpoint"), whole);
        assertTrue(whole.contains("programs, packages and machine are the same as in the first run"), whole);
        String prefix = Cli.succeed("verify", run.toString(), "--iterations", "2");
        assertTrue(prefix.contains("identical: 2 iterations\n"), prefix);
    }

    @Test
    void theFirstDifferenceAndTheChangesSinceTheRunAreNamed() throws IOException {
        Path run = train("CartPole-v1");
        Path progress = run.resolve("progress.csv");
        List<String> lines = Files.readAllLines(progress);
        List<String> names = List.of(lines.get(0).split(","));
        String[] fields = lines.get(2).split(",", -1);
        int column = names.indexOf("train/kl_divergence_loss");
        String now = fields[column];
        fields[column] = "0.5";
        lines.set(2, String.join(",", fields));
        Files.writeString(progress, String.join("\n", lines) + "\n");
        Path manifest = run.resolve("manifest.json");
        String mujoco = "\"mujoco\": \"";
        Files.writeString(manifest, Files.readString(manifest).replace(mujoco, mujoco + "0."));

        Cli.Outcome outcome = Cli.run("verify", run.toString());
        assertEquals(1, outcome.code());
        assertTrue(
                outcome.out().contains("different: iteration 2: train/kl_divergence_loss was 0.5, now it is " + now),
                outcome.out());
        assertTrue(outcome.out().contains("changed since the first run:\n  server.packages.mujoco: 0."), outcome.out());
        String first = Cli.succeed("verify", run.toString(), "--iterations", "1", "--keep", directory + "/again");
        assertTrue(first.contains("identical: 1 iteration\n"), first);
        assertTrue(Files.exists(directory.resolve("again/progress.csv")));
    }

    /** A resume can set --stop-at to a return that the run has already reached. */
    @Test
    void theRepetitionDoesNotEndAtStopAt() throws IOException {
        Path run = directory.resolve("run");
        Cli.succeed("train", "CartPole-v1", "--steps", "6144", "--run-dir", run.toString());
        Path config = run.resolve("config.json");
        JsonObject json = JsonParser.parseString(Files.readString(config)).getAsJsonObject();
        JsonObject stopAt = new JsonObject();
        stopAt.addProperty("value", "9.0");
        stopAt.addProperty("source", "command line");
        json.add("stop-at", stopAt);
        Files.writeString(config, json.toString());
        assertTrue(Cli.succeed("verify", run.toString()).contains("identical"));
    }

    @Test
    void settingsThatChangedWhenTheRunWasResumedAreNamed() throws IOException {
        Path run = train("CartPole-v1");
        assertFalse(Cli.succeed("verify", run.toString()).contains("other settings"));
        String resumed = Cli.succeed("train", "--resume", run.toString(), "--steps", "2048", "--gamma", "0.9");
        assertTrue(resumed.contains("changed setting: gamma: 0.99, now 0.9\n"), resumed);
        Cli.Outcome outcome = Cli.run("verify", run.toString());
        assertEquals(1, outcome.code());
        assertTrue(
                outcome.out()
                        .endsWith("settings changed when the first run was resumed; the second run had the new values"
                                + " from its start:\n  gamma: 0.99, now 0.9\n  steps: 1536, now 2048\n"),
                outcome.out());
    }

    /** After iteration 1, the evaluation fails. Before the row of iteration 2 is written, monitor.csv disappears. */
    @ParameterizedTest
    @ValueSource(strings = {"evaluation", "row"})
    void aRunThatFailedInAnEvaluationOrBeforeARowIsNoDamagedRun(String failure) throws IOException {
        Files.writeString(directory.resolve("failing.py"), """
                import os
                import gymnasium
                from gymnasium.envs.classic_control import CartPoleEnv

                class Failing(CartPoleEnv):
                    steps = 0

                    def reset(self, *, seed=None, options=None):
                        if seed == 1_000_000 and os.path.exists(__file__ + ".evaluation"):
                            raise ValueError("no evaluation today")
                        return super().reset(seed=seed)

                    def step(self, action):
                        self.steps += 1
                        if self.steps > 128 and os.path.exists(__file__ + ".row"):
                            os.remove(os.path.join(os.path.dirname(__file__), "run", "monitor.csv"))
                            os.remove(__file__ + ".row")
                        return super().step(action)

                gymnasium.register("Failing-v0", Failing)
                """);
        Path cause = Files.createFile(directory.resolve("failing.py." + failure));
        Path run = directory.resolve("run");
        try (ManagedServer server =
                ManagedServer.start(List.of("--import", "failing"), Map.of("PYTHONPATH", directory.toString()))) {
            List<String> command = new ArrayList<>(List.of("train", "Failing-v0", "--steps", "256", "--batch", "64"));
            command.addAll(List.of("--envs", "1", "--eval-every", failure.equals("row") ? "0" : "64"));
            command.addAll(List.of("--run-dir", run.toString(), "--server", server.address()));
            String complaint = Cli.run(command.toArray(String[]::new)).err();
            assertTrue(complaint.contains(failure.equals("row") ? "monitor.csv is gone" : "no evaluation"), complaint);
            Files.deleteIfExists(cause);
            String out = Cli.succeed("verify", run.toString(), "--server", server.address());
            assertTrue(out.contains("identical: 1 iteration"), out);
        }
    }

    @Test
    void aDifferentFinalCheckpointIsReported() throws IOException {
        Path run = train("CartPole-v1");
        Path numbers = run.resolve("checkpoints/step_000001536.safetensors");
        byte[] other = Files.readAllBytes(numbers);
        other[other.length - 1] ^= 1;
        Files.write(numbers, other);
        Cli.fail(
                List.of(numbers + " cannot be used: it is damaged", "its SHA-256 is not the one in", "manifest.json"),
                "verify",
                run.toString());

        Path manifest = run.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(
                manifest,
                text.replaceAll("(\"checkpoint\": [^}]*\"sha256\": \")[0-9a-f]+", "$1" + Digests.sha256(other)));
        Cli.Outcome outcome = Cli.run("verify", run.toString());
        assertEquals(1, outcome.code());
        assertTrue(outcome.out().contains("different: the final checkpoint"), outcome.out());
    }

    @Test
    void aDamagedManifestOrProgressFileIsNamed() throws IOException {
        Path run = train("CartPole-v1");
        Path manifest = run.resolve("manifest.json");
        String text = Files.readString(manifest);
        for (String damaged : List.of(
                text.substring(0, text.length() / 2),
                text.replace("\"seed\": 1", "\"seed\": K"),
                text.replaceFirst("\"checkpoint\": ", "\"checkpoint\": 1, \"c\": "),
                text.replaceFirst("\"file\": ", "\"fill\": "))) {
            Files.writeString(manifest, damaged);
            Cli.fail(List.of(manifest + " cannot be used: it", "train the run again"), "verify", run.toString());
        }
        Files.writeString(manifest, text);
        Path progress = run.resolve("progress.csv");
        String rows = Files.readString(progress);
        for (String shortened : List.of(rows.substring(0, rows.length() - 9), "")) {
            Files.writeString(progress, shortened);
            Cli.fail(
                    List.of(progress + " cannot be used: it has", "according to " + manifest),
                    "verify",
                    run.toString());
        }
        Files.writeString(progress, rows);
        Files.writeString(progress, Files.readString(progress).replaceFirst("\n1,512,", "\n1 512,"));
        Cli.fail(List.of(progress + " cannot be used: it has", "columns, but row 1 512,"), "verify", run.toString());
    }

    @Test
    void wrongArgumentsAndMissingIterationsAreNamed() throws IOException {
        Path run = train("CartPole-v1");
        Cli.fail(List.of("--iterations must be from 1 to 3", "got 4"), "verify", run.toString(), "--iterations", "4");
        Cli.fail(List.of("--iterations must be from 1 to 3", "got 0"), "verify", run.toString(), "--iterations", "0");
        Cli.fail(List.of(directory.resolve("none") + " does not exist"), "verify", directory + "/none");
        Files.delete(run.resolve("progress.csv"));
        Cli.fail(List.of("progress.csv cannot be used: it has 0 iterations"), "verify", run.toString());
        Path manifest = run.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"result\"", "\"unfinished\""));
        Cli.fail(List.of("has no complete iteration yet"), "verify", run.toString());
    }

    private Path train(String envId) throws IOException {
        Path run = directory.resolve("run");
        Cli.succeed(
                "train",
                envId,
                "--steps",
                "1536",
                "--batch",
                "512",
                "--envs",
                "4",
                "--critic-epochs",
                "2",
                "--run-dir",
                run.toString());
        return run;
    }
}
