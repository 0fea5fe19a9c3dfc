// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gymwire.run.Csv;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a run's directory tells from outside, while it runs and after. */
final class RunFolder {

    /** Enough for the last rows of progress.csv, in bytes. */
    private static final int TAIL = 8192;
    private static final Pattern CHECKPOINT = Pattern.compile("step_(\\d+)");
    /** What a run that ended before its first checkpoint may leave. */
    private static final Pattern REMAINS = Pattern.compile("config\\.json|manifest\\.json|checkpoints|\\..*\\.tmp");

    private static final String COMPLAINT = "gymwire: ";

    private final Path path;

    RunFolder(Path path) {
        this.path = path;
    }

    /** How far a run is. */
    enum State {
        /** There is none, or nothing of it that could be continued. */
        NEW,
        /** It can be continued from a checkpoint. */
        BEGUN,
        /** It has taken all steps. */
        FINISHED
    }

    /** @param steps that the run is to take */
    State state(long steps) throws IOException {
        Path latest = path.resolve("checkpoints/latest");
        if (!Files.exists(latest) || !Files.exists(path.resolve("manifest.json"))) {
            return State.NEW;
        }
        Matcher checkpoint = CHECKPOINT.matcher(Files.readString(latest));
        return checkpoint.find() && Long.parseLong(checkpoint.group(1)) >= steps ? State.FINISHED : State.BEGUN;
    }

    /** Removes what a run left that ended before its first checkpoint: train wants a directory of its own. */
    void clear() throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.filter(e -> REMAINS.matcher(e.getFileName().toString()).matches()).toList()) {
                try (Stream<Path> tree = Files.walk(entry)) {
                    for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /** Returns the manifest's account of the run's end; empty if there is none. */
    Map<String, Double> result() throws IOException {
        Path manifest = path.resolve("manifest.json");
        Map<String, Double> numbers = new HashMap<>();
        try {
            JsonObject json = JsonParser.parseString(Files.readString(manifest)).getAsJsonObject();
            if (json.has("result")) {
                json.getAsJsonObject("result").entrySet()
                        .forEach(entry -> numbers.put(entry.getKey(), entry.getValue().getAsDouble()));
            }
            return numbers;
        } catch (JsonParseException | IllegalStateException | ClassCastException | NumberFormatException e) {
            throw new IOException(manifest + " cannot be read (" + e.getMessage()
                    + "); remove the directory to run it again", e);
        }
    }

    /** Returns the numbers of the newest row of progress.csv by column; empty if there is none yet. */
    Map<String, Double> progress() throws IOException {
        Path csv = path.resolve("progress.csv");
        if (!Files.exists(csv)) {
            return Map.of();
        }
        try (RandomAccessFile file = new RandomAccessFile(csv.toFile(), "r")) {
            String header = file.readLine();
            long start = Math.max(0, file.length() - TAIL);
            file.seek(start);
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            // The first of the lines is the header, or was cut.
            return header == null || lines.size() < 2 ? Map.of() : row(Csv.split(header), lines.get(lines.size() - 1));
        }
    }

    private static Map<String, Double> row(List<String> columns, String line) {
        List<String> fields = Csv.split(line);
        Map<String, Double> row = new HashMap<>();
        for (int i = 0; i < Math.min(columns.size(), fields.size()); i++) {
            if (fields.get(i).matches("-?[0-9.]+(E-?[0-9]+)?")) {
                row.put(columns.get(i), Double.valueOf(fields.get(i)));
            }
        }
        return row;
    }

    /** Returns the complaint at the end of a log and what it closes with, or else the log's last line; in one line. */
    static String lastWords(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = Files.readAllLines(log).stream().map(String::strip).filter(l -> !l.isEmpty()).toList();
        int complaint = lines.size() - 1;
        for (int i = lines.size() - 1; i >= 0 && !lines.get(complaint).startsWith(COMPLAINT); i--) {
            complaint = lines.get(i).startsWith(COMPLAINT) ? i : complaint;
        }
        if (lines.isEmpty()) {
            return "";
        }
        String last = complaint < lines.size() - 1 ? " " + lines.get(lines.size() - 1) : "";
        return lines.get(complaint).replaceFirst("^" + COMPLAINT, "") + last;
    }
}
