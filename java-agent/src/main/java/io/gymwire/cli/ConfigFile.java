// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gymwire.run.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code config.json}: every setting of a run with its value and where the value came from, under the name of its
 * option.
 */
final class ConfigFile {

    private static final String ENV_ID = "env_id";
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ConfigFile() {}

    /** The environment and the options that a run was made with, and where each value came from, by option name. */
    record Contents(String envId, List<String> arguments, Map<String, String> sources) {
        /**
         * The settings.
         *
         * @param path of the file, for messages
         */
        TrainOptions options(Path path) throws IOException {
            TrainOptions options = new TrainOptions();
            try {
                new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
            } catch (CommandLine.ParameterException e) {
                throw new IOException(path + " is not a run's configuration (" + e.getMessage()
                        + "); train the run again", e);
            }
            return options;
        }
    }

    /**
     * Writes the file.
     *
     * @param options a command line of {@link TrainOptions} that holds the values
     * @param sources where each value came from, by option name
     */
    static void write(Path path, String envId, CommandLine options, Map<String, String> sources) throws IOException {
        JsonObject json = new JsonObject();
        json.add(ENV_ID, entry(envId, "command line"));
        for (OptionSpec option : options.getCommandSpec().options()) {
            Object value = option.getValue();
            if (value != null) {
                json.add(option.longestName().substring(2), entry(value.toString(), sources.get(option.longestName())));
            }
        }
        AtomicFiles.write(path, (GSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the file. A setting that came after it has its default, which does what was done before. */
    static Contents read(Path path) throws IOException {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
            List<String> arguments = new ArrayList<>();
            Map<String, String> sources = new HashMap<>();
            for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
                if (!entry.getKey().equals(ENV_ID)) {
                    arguments.add("--" + entry.getKey() + "=" + field(entry.getValue(), "value"));
                    sources.put("--" + entry.getKey(), field(entry.getValue(), "source"));
                }
            }
            for (OptionSpec option : new CommandLine(new TrainOptions()).getCommandSpec().options()) {
                if (option.defaultValue() != null) {
                    sources.putIfAbsent(option.longestName(), "default");
                }
            }
            return new Contents(field(json.get(ENV_ID), "value"), arguments, sources);
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            throw new IOException(path + " is not a run's configuration (" + e.getMessage()
                    + "); train the run again", e);
        }
    }

    private static String field(JsonElement entry, String name) {
        JsonElement field = entry == null ? null : entry.getAsJsonObject().get(name);
        if (field == null) {
            throw new JsonParseException("a setting lacks its " + name);
        }
        return field.getAsString();
    }

    private static JsonObject entry(String value, String source) {
        JsonObject entry = new JsonObject();
        entry.addProperty("value", value);
        entry.addProperty("source", source);
        return entry;
    }
}
