// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.GaussianSettings;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs with vine sampling are reproducible like other runs. Environments, settings and algorithms that cannot be used
 * with vine sampling are refused. But if such a setting comes from a preset, it is left out.
 */
final class VineSamplingTest {

    @TempDir
    private Path folder;

    /** In CartPole (with TRPO), branches try all actions. In Pendulum (with NPG), they try randomly drawn actions. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CartPole-v1 | trpo | all 2 actions in each, at most 10 steps in each branch",
                "Pendulum-v1 | npg | 4 drawn actions in each, at most 10 steps in each branch"
            })
    void resumingWithOtherWorkersDoesNotChangeResults(String envId, String algorithm, String plan) throws IOException {
        Path whole = folder.resolve("whole");
        String out = Cli.succeed(train(envId, 1536, whole, "4", "--anneal-steps", "512", "--algorithm", algorithm));
        assertTrue(out.contains("each iteration: a trunk of 272 steps, "), out);
        assertTrue(out.contains(plan), out);
        Path parts = folder.resolve("parts");
        Cli.succeed(train(envId, 512, parts, "1", "--algorithm", algorithm));
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "1024", "--workers", "3");
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "1536");
        assertEquals(
                RunFiles.withoutTimes(whole.resolve("progress.csv")),
                RunFiles.withoutTimes(parts.resolve("progress.csv")));
        assertEquals(RunFiles.episodes(whole), RunFiles.episodes(parts));
        String last = "checkpoints/step_000001536.safetensors";
        assertArrayEquals(Files.readAllBytes(whole.resolve(last)), Files.readAllBytes(parts.resolve(last)));
        List<String> steps = RunFiles.column(Files.readAllLines(whole.resolve("progress.csv")), "time/total_timesteps");
        assertEquals(List.of("512", "1024", "1536"), steps);
    }

    @Test
    void environmentsWhoseStateCannotBeSavedAreRefused() {
        Path run = folder.resolve("run");
        Cli.fail(
                List.of("--sampling vine puts environments back", "state of HalfCheetah-v4", "leave --sampling out"),
                train("HalfCheetah-v4", 512, run, "1"));
        assertFalse(Files.exists(run.resolve("checkpoints/step_000000512.safetensors")));
    }

    @Test
    void aBatchThatIsTooSmallIsRefusedBeforeThereIsARun() {
        Path run = folder.resolve("run");
        Cli.fail(
                List.of("vine sampling does not fit the batch", "300 states", "has 128", "larger --batch"),
                train("CartPole-v1", 512, run, "1", "--vine-states", "300"));
        assertFalse(Files.exists(run));
    }

    @Test
    void settingsOfBranchesAreRefusedWithoutVineSampling() {
        for (String option : List.of("--vine-states", "--vine-actions", "--vine-horizon")) {
            Cli.fail(
                    List.of(option + " has no effect on CartPole-v1", "without --sampling vine there are no branches"),
                    "train",
                    "CartPole-v1",
                    option,
                    "5",
                    "--run-dir",
                    folder.resolve("run").toString());
        }
    }

    @Test
    void settingsThatVineSamplingDoesNotUseAreRefused() {
        for (List<String> words :
                List.of(List.of("--noise-color", "1"), List.of("--reuse", "3"), List.of("--lag", "1"))) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> request("--seed 2", words.toArray(String[]::new)))
                    .getMessage();
            String name = words.get(0).substring(2);
            assertTrue(message.startsWith(name + " must be "), message);
            assertTrue(message.contains(" with --sampling vine: "), message);
            assertTrue(message.endsWith("; got " + words.get(1)) || message.endsWith("; got 1.0"), message);
        }
    }

    @Test
    void settingsThatVineSamplingDoesNotUseAreLeftOutOfAPreset() throws IOException {
        RunRequest request = request("--noise-color 1\n--reuse 3\n--gamma 0.5");
        assertEquals(0, request.config().get(GaussianSettings.NOISE_COLOR));
        assertEquals(1, request.config().get(RolloutSettings.REUSE));
        assertEquals(0.5, request.config().get(RolloutSettings.GAMMA));
        assertFalse(request.sources().containsKey(RolloutSettings.REUSE));
        String remark = request.remark().orElseThrow();
        assertTrue(remark.startsWith("left out of the preset: "), remark);
        assertTrue(remark.endsWith(" (no effect with --sampling vine)"), remark);
        assertTrue(remark.contains("--noise-color") && remark.contains("--reuse"), remark);
        assertFalse(remark.contains("--gamma"), remark);
        assertTrue(request("--gamma 0.5").remark().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> request("--reuse 2", "--reuse", "3"));
        assertEquals(1L, request("--gamma 0.5").config().get(RunSettings.SEED));
    }

    @Test
    void settingsThatTheAlgorithmOrTheSamplingDoesNotUseAreNamedInOneLine() throws IOException {
        RunRequest request = request("--accept-ratio 0.3\n--reuse 3", "--algorithm", "npg");
        assertEquals(
                "left out of the preset: --accept-ratio (no effect with --algorithm npg); --reuse (no effect with"
                        + " --sampling vine)",
                request.remark().orElseThrow());
        Path file = folder.resolve("config.json");
        ConfigFile.write(file, request.config(), request.sources());
        String written = Files.readString(file);
        assertTrue(written.contains("\"sampling\"") && !written.contains("\"reuse\""), written);
        assertEquals(1, ConfigFile.read(file).config().get(RolloutSettings.REUSE));
    }

    @Test
    void ppoIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> request("", "--algorithm", "ppo"))
                .getMessage();
        assertTrue(message.startsWith("--sampling vine needs --algorithm trpo or npg, "), message);
        assertTrue(message.endsWith("; got --algorithm ppo"), message);
    }

    private RunRequest request(String preset, String... words) throws IOException {
        Path file = folder.resolve("preset.args");
        Files.writeString(file, preset + "\n");
        List<String> all = new ArrayList<>(List.of("--sampling", "vine"));
        all.addAll(List.of(words));
        return RunRequest.of(
                "Pendulum-v1", Presets.find(file.toString(), "Pendulum-v1"), SettingOptions.parse(all), List.of());
    }

    private static String[] train(String envId, int steps, Path run, String workers, String... more) {
        List<String> command = new ArrayList<>(List.of("train", envId, "--sampling", "vine", "--preset", "none"));
        command.addAll(List.of("--batch", "512", "--envs", "4", "--critic-epochs", "2", "--workers", workers));
        command.addAll(List.of("--steps", Integer.toString(steps), "--run-dir", run.toString()));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }
}
