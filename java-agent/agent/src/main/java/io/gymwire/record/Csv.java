// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.files.AtomicFiles;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values in a form that pandas reads. Doubles have all their digits, with a decimal point in every
 * locale. NaN and null are empty fields.
 */
public final class Csv {
    private Csv() {}

    /**
     * One line of a file, without the line end.
     *
     * @throws IllegalArgumentException if a value is text with a comma, a double quote or a control character below
     *     U+0020
     */
    public static String line(Iterable<?> values) {
        List<String> fields = new ArrayList<>();
        for (Object value : values) {
            fields.add(field(value));
        }
        return String.join(",", fields);
    }

    private static String field(Object value) {
        if (value == null || value instanceof Number number && Double.isNaN(number.doubleValue())) {
            return "";
        }
        String text = value.toString();
        if (text.chars().anyMatch(c -> c == ',' || c == '"' || c < ' ')) {
            throw new IllegalArgumentException("the value \"" + text + "\" has a comma, quote or control character,"
                    + " which these files cannot contain; use plain words or numbers");
        }
        return text;
    }

    /** The fields of a line that {@link #line} made. */
    public static List<String> split(String line) {
        return List.of(line.split(",", -1));
    }

    /**
     * The complete lines of a file, or an empty list if there is no file. A last line without a line end is left out,
     * because it is incomplete: the run is still writing it, or was killed.
     */
    public static List<String> completeLines(Path path) throws IOException {
        return Files.exists(path) ? complete(file(path).text()) : List.of();
    }

    /** The lines of a text, without the last line if it has no line end. */
    public static List<String> complete(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /** A CSV file of a run. Its error messages say what to do if the file is missing or damaged. */
    public static InputFile file(Path path) {
        return new InputFile(path, "put it back from a copy, or train the run again");
    }

    /** Replaces a file by these lines, atomically. */
    public static void rewrite(Path path, List<String> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        AtomicFiles.write(path, text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
