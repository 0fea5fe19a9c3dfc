// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gymwire.learn.RunConfig;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The settings that changed when a run was resumed, as lines such as {@code gamma: 0.99, now 0.995}. Settings that
 * never change a result, and settings about the machine, are left out.
 */
public final class SettingChanges {

    private SettingChanges() {}

    /** The differences between the settings before and after a run was resumed. */
    public static List<String> between(Settings before, Settings after) {
        return between(setting -> text(before, setting), setting -> text(after, setting));
    }

    /**
     * The differences between the settings of a run's earlier parts and the settings of its last part, sorted. Empty if
     * the manifest contains no settings. A new part begins when the run is resumed, or when it continues after the
     * loss of a session.
     *
     * @param manifest the run's manifest
     * @throws IOException if the manifest's settings are not an object, or its earlier parts are not a list of objects
     */
    public static List<String> during(JsonFile manifest) throws IOException {
        if (!manifest.has(RunManifest.CONFIG)) {
            return List.of();
        }
        JsonObject last = manifest.object(RunManifest.CONFIG).json();
        TreeSet<String> changes = new TreeSet<>();
        for (JsonObject part : manifest.objects(RunManifest.EARLIER)) {
            if (part.get(RunManifest.CONFIG) instanceof JsonObject config) {
                changes.addAll(between(config, last));
            }
        }
        return List.copyOf(changes);
    }

    /**
     * The differences between two JSON objects that have the form of config.json. A setting that is not in an object
     * has its default there, if it has one. If a setting has no default, and only one of the objects contains it, this
     * is a difference.
     */
    static List<String> between(JsonObject before, JsonObject after) {
        return between(setting -> text(before, setting), setting -> text(after, setting));
    }

    private static List<String> between(Function<Setting<?>, String> before, Function<Setting<?>, String> after) {
        return RunConfig.all().stream()
                .filter(Setting::distinguishesRuns)
                .filter(setting -> !before.apply(setting).equals(after.apply(setting)))
                .map(setting -> setting.name() + ": " + before.apply(setting) + ", now " + after.apply(setting))
                .toList();
    }

    private static String text(Settings settings, Setting<?> setting) {
        return settings.has(setting) ? settings.text(setting) : "not given";
    }

    private static String text(JsonObject config, Setting<?> setting) {
        if (config.get(setting.name()) instanceof JsonObject entry && entry.has("value")) {
            JsonElement value = entry.get("value");
            return value.isJsonPrimitive() ? value.getAsString() : value.toString();
        }
        return text(Settings.DEFAULTS, setting);
    }
}
