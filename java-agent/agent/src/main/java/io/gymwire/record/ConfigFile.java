// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.FileException;
import io.gymwire.learn.Exclusion;
import io.gymwire.learn.RunConfig;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.settings.TextList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The file {@code config.json}. It has a field for the environment's id, and a field for each setting, except the
 * settings that {@link #write} leaves out. Each field contains the value and the source of the value.
 */
public final class ConfigFile {

    /** The source of a value that is the default of its setting. */
    public static final String DEFAULT = "default";
    /** The source of a value that was given on the command line. */
    public static final String COMMAND_LINE = "command line";

    private static final String ENV_ID = "env_id";
    private static final String REMEDY = "put it back from a copy, or train the run again";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ConfigFile() {}

    /**
     * The configuration of a run.
     *
     * @param sources the source of each value; if a setting is not in the map, its value is the default
     */
    public record Contents(RunConfig config, Map<Setting<?>, String> sources) {}

    /**
     * Writes the file. Settings without a value are left out, and also settings with an {@link Exclusion}: the run's
     * algorithm or sampling does not use them.
     *
     * @param sources the source of each value; if a setting is not in the map, its value is the default
     */
    public static void write(Path path, RunConfig config, Map<Setting<?>, String> sources) throws IOException {
        write(path, json(new Contents(config, sources)));
    }

    static void write(Path path, JsonObject json) throws IOException {
        AtomicFiles.write(path, (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The JSON object that {@link #write} writes. */
    static JsonObject json(Contents contents) {
        RunConfig config = contents.config();
        JsonObject json = new JsonObject();
        json.add(ENV_ID, entry(config.envId(), COMMAND_LINE));
        for (Setting<?> setting : RunConfig.all()) {
            boolean excluded = Exclusion.of(setting, config.settings()).isPresent();
            if (config.settings().has(setting) && !excluded) {
                json.add(
                        setting.name(),
                        entry(config.settings(), setting, contents.sources().getOrDefault(setting, DEFAULT)));
            }
        }
        return json;
    }

    /**
     * Reads the file. A setting that is not in the file gets its default, if it has one. Such a setting had no value or
     * no effect on the run, or a later version of Gymwire added it.
     *
     * @throws IOException if the file cannot be read, or if a setting is unknown or has a value that is not allowed
     */
    public static Contents read(Path path) throws IOException {
        JsonFile json = JsonFile.read(path, REMEDY);
        Settings settings = Settings.DEFAULTS;
        Map<Setting<?>, String> sources = new HashMap<>();
        try {
            for (String name : json.names()) {
                if (!name.equals(ENV_ID)) {
                    Setting<?> setting = find(name);
                    settings = read(settings, setting, json.object(name));
                    sources.put(setting, json.object(name).text("source"));
                }
            }
            return new Contents(new RunConfig(json.object(ENV_ID).text("value"), settings), sources);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw FileException.reading(path, e.getMessage(), REMEDY, e);
        }
    }

    private static Setting<?> find(String name) {
        Optional<Setting<?>> setting = RunConfig.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
        return setting.orElseThrow(
                () -> new IllegalArgumentException("this version of Gymwire has no setting \"" + name + "\""));
    }

    private static Settings read(Settings settings, Setting<?> setting, JsonFile entry) throws IOException {
        if (!setting.isRepeatable()) {
            return settings.withText(setting, entry.text("value"));
        }
        Settings all = settings;
        for (String word : entry.texts("value")) {
            all = all.withText(setting, word);
        }
        return all;
    }

    private static JsonObject entry(Settings settings, Setting<?> setting, String source) {
        JsonObject entry = entry(settings.text(setting), source);
        if (settings.get(setting) instanceof TextList words) {
            entry.add("value", GSON.toJsonTree(words.values()));
        }
        return entry;
    }

    private static JsonObject entry(String value, String source) {
        JsonObject entry = new JsonObject();
        entry.addProperty("value", value);
        entry.addProperty("source", source);
        return entry;
    }
}
