// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.FileException;
import io.gymwire.run.JsonFile;
import io.gymwire.run.TrainConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final String REMEDY = "put it back from a copy, or train the run again";
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ConfigFile() {}

    /**
     * What a run was made with.
     *
     * @param path of the file
     * @param envId the environment
     * @param arguments the options as on a command line
     * @param sources where each value came from, by option name
     */
    record Contents(Path path, String envId, List<String> arguments, Map<String, String> sources) {
        /** The settings. */
        TrainOptions options() throws IOException {
            return (TrainOptions) parsed().getCommand();
        }

        /** The settings as a command line of {@link TrainOptions}. */
        CommandLine parsed() throws IOException {
            CommandLine line = new CommandLine(new TrainOptions());
            try {
                line.parseArgs(arguments.toArray(String[]::new));
            } catch (CommandLine.ParameterException e) {
                throw FileException.reading(path, e.getMessage(), REMEDY, e);
            }
            return line;
        }

        /** The settings, each within its range. */
        TrainConfig toConfig(TrainOptions options) throws IOException {
            try {
                return options.toConfig(envId);
            } catch (IllegalArgumentException e) {
                throw FileException.reading(path, e.getMessage(), REMEDY, e);
            }
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
        JsonFile json = JsonFile.read(path, REMEDY);
        List<String> arguments = new ArrayList<>();
        Map<String, String> sources = new HashMap<>();
        for (String name : json.names()) {
            if (!name.equals(ENV_ID)) {
                arguments.add("--" + name + "=" + json.object(name).text("value"));
                sources.put("--" + name, json.object(name).text("source"));
            }
        }
        for (OptionSpec option :
                new CommandLine(new TrainOptions()).getCommandSpec().options()) {
            if (option.defaultValue() != null) {
                sources.putIfAbsent(option.longestName(), "default");
            }
        }
        return new Contents(path, json.object(ENV_ID).text("value"), arguments, sources);
    }

    private static JsonObject entry(String value, String source) {
        JsonObject entry = new JsonObject();
        entry.addProperty("value", value);
        entry.addProperty("source", source);
        return entry;
    }
}
