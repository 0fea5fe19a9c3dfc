// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.learn.RunSettings;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingChangesTest {

    @TempDir
    private Path directory;

    @Test
    void theSettingsOfEachEarlierPartAreComparedWithTheSettingsOfTheLastPart() throws IOException {
        String manifest = """
                {"config": {"gamma": {"value": "0.9"}, "workers": {"value": "2"}},
                 "earlier": [{"config": {"gamma": {"value": "0.99"}, "workers": {"value": "1"}}},
                             {"status": "interrupted"},
                             {"config": {"gamma": {"value": "0.95"}, "stop-at": {"value": "2.0"}}}]}""";
        assertEquals(
                List.of("gamma: 0.95, now 0.9", "gamma: 0.99, now 0.9", "stop-at: 2.0, now not given"),
                SettingChanges.during(read(manifest)));
    }

    @Test
    void aSettingThatOnlyOnePartContainsHasItsDefaultInTheOtherPart() throws IOException {
        String manifest = """
                {"config": {"noise-color": {"value": "0.0"}, "reuse": {"value": "2"}},
                 "earlier": [{"config": {}}]}""";
        assertEquals(List.of("reuse: 1, now 2"), SettingChanges.during(read(manifest)));
    }

    @Test
    void aManifestWithoutSettingsHasNoChanges() throws IOException {
        assertEquals(List.of(), SettingChanges.during(read("{\"status\": \"failed\", \"earlier\": []}")));
    }

    @Test
    void settingsThatNeverChangeAResultAreLeftOut() {
        Settings before = Settings.DEFAULTS;
        assertEquals(List.of(), SettingChanges.between(before, before.with(RunSettings.WORKERS, 3)));
        assertEquals(
                List.of("seed: 1, now 7"),
                SettingChanges.between(before.with(RunSettings.SEED, 1L), before.with(RunSettings.SEED, 7L)));
    }

    private JsonFile read(String text) throws IOException {
        return RunManifest.read(Files.writeString(directory.resolve("manifest.json"), text));
    }
}
