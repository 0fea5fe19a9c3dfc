// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {

    static List<String> names() throws IOException {
        return Presets.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyShippedPresetGivesValidSettings(String name) throws IOException {
        Presets.Preset preset = Presets.find(null, name);
        assertEquals(name, preset.name());
        RunRequest request = RunRequest.of(name, preset, SettingOptions.parse(List.of()), List.of());
        assertEquals(name, request.config().envId());
        assertTrue(request.sources().values().stream().allMatch(source -> source.equals("preset " + name)));
    }

    @Test
    void everyShippedPresetIsForARegisteredEnvironment() throws IOException {
        try (ManagedServer server = ManagedServer.start();
                RemoteServer connection = server.connect()) {
            List<String> ids = connection.listEnvironments().stream()
                    .map(entry -> entry.spec().id())
                    .toList();
            assertTrue(ids.containsAll(names()), () -> ids.toString());
        }
    }

    @Test
    void theMujocoTasksAndFourClassicControlTasksHavePresets() throws IOException {
        Set<String> missing = new TreeSet<>(List.of(
                "CartPole-v1",
                "Pendulum-v1",
                "Acrobot-v1",
                "MountainCarContinuous-v0",
                "Ant-v5",
                "HalfCheetah-v5",
                "Hopper-v5",
                "Humanoid-v5",
                "HumanoidStandup-v5",
                "InvertedDoublePendulum-v5",
                "InvertedPendulum-v5",
                "Pusher-v5",
                "Reacher-v5",
                "Swimmer-v5",
                "Walker2d-v5"));
        names().forEach(missing::remove);
        assertEquals(Set.of(), missing);
    }

    @Test
    void aRunWithoutAPresetGetsTheDefaults() throws IOException {
        for (Presets.Preset none : List.of(Presets.find(null, "FrozenLake-v1"), Presets.find("none", "CartPole-v1"))) {
            assertNull(none.name());
            assertEquals(Set.of(), none.options().given());
        }
    }

    @Test
    void anArgumentInQuotationMarksCanContainSpacesAndTheCommentSign() {
        assertEquals(
                List.of("--run-dir", "a b", "--wrapper=W:keys=[\"x #1\"]", ""),
                Presets.parse("--run-dir 'a b' --wrapper='W:keys=[\"x #1\"]' \"\" # 'no argument"));
        String message = assertThrows(IllegalArgumentException.class, () -> Presets.parse("--run-dir 'a"))
                .getMessage();
        assertEquals("the second quotation mark ' is missing in: --run-dir 'a", message);
    }

    @Test
    void aLineOfAPresetCanContainOptionsAndAComment() {
        assertEquals(
                List.of("--gamma", "0.9", "--hidden", "8,4", "--seed=3"),
                Presets.parse("# all of it\n\n  --gamma 0.9\t--hidden  8,4 # why\r\n--seed=3#\n"));
    }
}
