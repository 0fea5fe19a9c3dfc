// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Presets. A preset is an argument file with settings for one task; the program's resources contain the shipped
 * presets. A line contains options as on the command line, and quotation marks can enclose a value. Text after a '#'
 * outside of quotation marks is a comment, for example the reason for the options.
 */
final class Presets {

    /** The name that chooses no preset. */
    static final String NONE = "none";

    private static final String FOLDER = "/presets";
    private static final String SUFFIX = ".args";

    private Presets() {}

    /**
     * A preset.
     *
     * @param name null if there is no preset
     * @param options its settings
     */
    record Preset(String name, SettingOptions options) {
        /** The source of its values, for {@code config.json}. */
        String source() {
            return "preset " + name;
        }
    }

    /**
     * Finds a preset.
     *
     * @param wanted a shipped preset's name, a file's path, "none", or null for the preset of the environment, if there
     *     is one
     * @throws IOException if the wanted preset cannot be read
     */
    static Preset find(String wanted, String envId) throws IOException {
        if (NONE.equals(wanted)) {
            return new Preset(null, SettingOptions.parse(List.of()));
        }
        String name = wanted == null ? envId : wanted;
        try (InputStream shipped = Presets.class.getResourceAsStream(FOLDER + "/" + name + SUFFIX)) {
            if (shipped != null) {
                return preset(name, new String(shipped.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        if (wanted == null) {
            return new Preset(null, SettingOptions.parse(List.of()));
        }
        String others = "a preset is a readable file or one of " + String.join(", ", names())
                + ", and --preset none takes the defaults";
        return preset(wanted, new InputFile(Path.of(wanted), others).text());
    }

    private static Preset preset(String name, String text) throws IOException {
        try {
            return new Preset(name, SettingOptions.parse(parse(text)));
        } catch (CommandLine.ParameterException | IllegalArgumentException e) {
            throw new IOException(
                    "the settings of the preset " + name + " cannot be read: " + e.getMessage()
                            + "; --preset none takes the defaults",
                    e);
        }
    }

    /**
     * The arguments in an argument file, without comments. As in a shell, quotation marks (single or double) enclose
     * spaces and '#' that belong to an argument.
     *
     * @throws IllegalArgumentException if the second of two quotation marks is missing in a line
     */
    static List<String> parse(String text) {
        List<String> arguments = new ArrayList<>();
        text.lines().forEach(line -> parse(line, arguments));
        return arguments;
    }

    private static void parse(String line, List<String> arguments) {
        StringBuilder argument = null;
        char quotation = 0;
        for (char c : line.toCharArray()) {
            if (quotation != 0 && c == quotation) {
                quotation = 0;
            } else if (quotation != 0) {
                argument.append(c);
            } else if (c == '#') {
                break;
            } else if (!Character.isWhitespace(c)) {
                argument = argument == null ? new StringBuilder() : argument;
                if (c == '"' || c == '\'') {
                    quotation = c;
                } else {
                    argument.append(c);
                }
            } else if (argument != null) {
                arguments.add(argument.toString());
                argument = null;
            }
        }
        if (quotation != 0) {
            throw new IllegalArgumentException("the second quotation mark " + quotation + " is missing in: " + line);
        }
        if (argument != null) {
            arguments.add(argument.toString());
        }
    }

    /** The names of the shipped presets, sorted. */
    static List<String> names() throws IOException {
        try {
            URI folder = Presets.class.getResource(FOLDER).toURI();
            if (folder.getScheme().equals("jar")) {
                try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                    return names(jar.getPath(FOLDER));
                }
            }
            return names(Path.of(folder));
        } catch (URISyntaxException e) {
            throw new IOException("the shipped presets cannot be listed: " + e.getMessage(), e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }
}
