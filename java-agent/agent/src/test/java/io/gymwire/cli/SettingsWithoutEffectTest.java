// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Task;
import io.gymwire.update.natural.TrustRegionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A setting without an effect is refused on the command line, and the error gives the reason. A preset can contain such
 * a setting.
 */
final class SettingsWithoutEffectTest {

    private static final BoxSpace BOX = new BoxSpace(DType.FLOAT64, new int[] {1}, new double[] {-1}, new double[] {1});
    private static final Task DISCRETE_TASK = new Task(BOX, new DiscreteSpace(2, 0, DType.INT64));
    private static final Task BOX_TASK = new Task(BOX, BOX);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--noise-color 1                             | --noise-color | Gaussian policy",
                "--noise-color 0                             | --noise-color | Gaussian policy",
                "--init-log-std -1                           | --init-log-std | Gaussian policy",
                "--clipped-actions                           | --clipped-actions | Gaussian policy",
                "--anneal 1 --anneal-steps 100               | --anneal-steps | --anneal 1 keeps",
                "--eval-episodes 3                           | --eval-episodes | without --eval-every",
                "--algorithm npg --accept-ratio 0.2          | --accept-ratio | --algorithm trpo, and the run has --algorithm npg",
                "--clip-range 0.1                            | --clip-range | --algorithm ppo, and the run has --algorithm trpo",
                "--algorithm ppo --delta 0.1                 | --delta | --algorithm trpo and npg",
                "--algorithm ppo --kl-penalty 1 --clip-range 0.1 | --clip-range | --kl-penalty",
                "--algorithm npg --line-search-steps 3       | --line-search-steps | --algorithm trpo",
                "--line-search-steps 1 --line-search-shrink 0.5 | --line-search-shrink | --line-search-steps 1"
            })
    void aSettingWithoutEffectIsRefusedWithTheReason(String words, String setting, String reason) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> request(words, "none").requireEffect(DISCRETE_TASK))
                .getMessage();
        assertEquals(setting + " has no effect on CartPole-v1: ", message.substring(0, message.indexOf(':') + 2));
        assertEquals(true, message.contains(reason) && message.endsWith("; leave it out"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--noise-color 1 --init-log-std -1 --clipped-actions",
                "--anneal 0.5 --anneal-steps 100",
                "--eval-every 100 --eval-episodes 3",
                "--line-search-steps 2 --line-search-shrink 0.5",
                "--algorithm npg --delta 0.1 --cg-damping 0.2 --entropy 0.01",
                "--algorithm ppo --clip-range 0.1 --target-kl 0.02 --entropy 0.01",
                "--algorithm ppo --kl-penalty 1 --target-kl 0.02"
            })
    void aSettingIsAcceptedWhereItHasAnEffect(String words) {
        assertDoesNotThrow(() -> request(words, "none").requireEffect(BOX_TASK));
    }

    @Test
    void aSettingWithoutEffectIsAcceptedInAPreset() throws IOException {
        Path preset = folder.resolve("preset.args");
        Files.writeString(preset, "--noise-color 1\n");
        assertDoesNotThrow(() -> request("--seed 2", preset.toString()).requireEffect(DISCRETE_TASK));
        assertThrows(
                IllegalArgumentException.class,
                () -> request("--noise-color 1", preset.toString()).requireEffect(DISCRETE_TASK));
    }

    @Test
    void settingsForAnotherAlgorithmAreLeftOutOfAPreset() throws IOException {
        Path preset = folder.resolve("preset.args");
        Files.writeString(preset, "--accept-ratio 0.3 --gamma 0.9\n");
        RunRequest npg = request("--algorithm npg", preset.toString());
        assertEquals(
                "left out of the preset: --accept-ratio (no effect with --algorithm npg)",
                npg.remark().orElseThrow());
        assertEquals(0.9, npg.config().get(RolloutSettings.GAMMA));
        assertEquals(0.1, npg.config().get(TrustRegionSettings.ACCEPT_RATIO));
        assertFalse(npg.sources().containsKey(TrustRegionSettings.ACCEPT_RATIO));
        RunRequest trpo = request("--seed 2", preset.toString());
        assertTrue(trpo.remark().isEmpty());
        assertEquals(0.3, trpo.config().get(TrustRegionSettings.ACCEPT_RATIO));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--wrapper TimeAwareObservation",
                "--wrapper FrameStackObservation:stack_size=4",
                "--wrapper mylab:Shift",
                "--wrapper mylab:Shift:by=2",
                "--env-arg exclude_current_positions_from_observation=false",
                "--env-arg xml_file=ant.xml",
                "--action-mask info:mask"
            })
    void observeOfAPresetIsLeftOutIfAnOptionCanChangeTheObservation(String option) throws IOException {
        Path preset = folder.resolve("preset.args");
        Files.writeString(preset, "--observe 0-26 --gamma 0.9\n");
        RunRequest request = request(option, preset.toString());
        assertEquals(
                "left out of the preset: --observe (" + option.split(" ")[0]
                        + " can change the elements of an observation)",
                request.remark().orElseThrow());
        assertFalse(request.sources().containsKey(ObservationSettings.OBSERVE));
        for (String other :
                List.of("--seed 2", "--wrapper ClipReward:max_reward=1", "--env-arg ctrl_cost_weight=0.1")) {
            assertTrue(request(other, preset.toString()).sources().containsKey(ObservationSettings.OBSERVE), other);
        }
    }

    @Test
    void aRefusedSettingLeavesNoRunDirectory() {
        Path run = folder.resolve("run");
        Cli.fail(
                List.of("--noise-color has no effect on CartPole-v1", "leave it out"),
                "train",
                "CartPole-v1",
                "--noise-color",
                "1",
                "--run-dir",
                run.toString());
        assertFalse(Files.exists(run));
    }

    private static RunRequest request(String words, String preset) throws IOException {
        SettingOptions options = SettingOptions.parse(List.of(words.split(" ")));
        return RunRequest.of("CartPole-v1", Presets.find(preset, "CartPole-v1"), options, List.of());
    }
}
