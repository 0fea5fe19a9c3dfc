// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.JsonFile;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The settings in the file config.json of a run, as texts by name. Another version may have written the file. */
final class StoredSettings {

    private StoredSettings() {}

    /**
     * Reads the file. A setting that is not in the file gets its default, if it has one and the run's algorithm and
     * sampling use it: such a setting had no effect in the run, or did not exist when the run was made.
     *
     * @throws IOException if the file cannot be used
     */
    static Map<String, String> read(Path config) throws IOException {
        JsonFile json = JsonFile.read(config, "leave the run out of the report, or train it again");
        Map<String, String> settings = new TreeMap<>();
        for (String name : json.names()) {
            JsonFile entry = json.object(name);
            if (!entry.has("value")) {
                throw json.unusable("its setting " + name + " has no value", null);
            }
            settings.put(name, entry.flat("value").get("value"));
        }
        settings.remove("env_id");
        addDefault(settings, RunSettings.ALGORITHM);
        addDefault(settings, VineSettings.SAMPLING);
        RunConfig.all().stream()
                .filter(setting -> uses(settings, setting))
                .forEach(setting -> addDefault(settings, setting));
        return settings;
    }

    private static void addDefault(Map<String, String> settings, Setting<?> setting) {
        if (Settings.DEFAULTS.has(setting)) {
            settings.putIfAbsent(setting.name(), Settings.DEFAULTS.text(setting));
        }
    }

    /**
     * Whether the algorithm and the sampling of a run with these settings use a setting. If this version does not know
     * the algorithm or the sampling, they may use each setting.
     */
    static boolean uses(Map<String, String> settings, Setting<?> setting) {
        String algorithm = settings.get(RunSettings.ALGORITHM.name());
        String sampling = settings.get(VineSettings.SAMPLING.name());
        return Arrays.stream(Algorithm.values())
                        .filter(each -> each.toString().equals(algorithm))
                        .allMatch(each -> each.withoutEffect(setting).isEmpty())
                && Arrays.stream(Sampling.values())
                        .filter(each -> each.toString().equals(sampling))
                        .noneMatch(each -> each.withoutEffect().containsKey(setting));
    }
}
