// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.files.Directories;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import io.gymwire.learn.RunConfig;
import io.gymwire.record.Csv;
import io.gymwire.record.JsonFile;
import io.gymwire.record.RunManifest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a run's directory tells from outside, while it runs and after. */
final class RunFolder {

    /** Enough for the last rows of progress.csv, in bytes. */
    private static final int TAIL = 8192;

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?");
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
        /** It has done all that is wanted. */
        FINISHED
    }

    /** @param config of the run as it is wanted */
    State state(RunConfig config) throws IOException {
        Path checkpoints = path.resolve("checkpoints");
        if (!Checkpoint.exists(checkpoints) || !Files.exists(manifest())) {
            return State.NEW;
        }
        return Checkpoint.latest(checkpoints).finishes(config) ? State.FINISHED : State.BEGUN;
    }

    /** Removes what a run left that ended before its first checkpoint: train wants a directory of its own. */
    void clear() throws IOException {
        for (Path entry : Files.isDirectory(path) ? Directories.list(path) : List.<Path>of()) {
            if (REMAINS.matcher(entry.getFileName().toString()).matches()) {
                Directories.remove(entry);
            }
        }
    }

    Path manifest() {
        return path.resolve("manifest.json");
    }

    /** The numbers that the manifest gives for the end of the run; empty if there is none. */
    Map<String, Double> result() throws IOException {
        JsonFile manifest = RunManifest.read(manifest());
        Map<String, Double> numbers = new HashMap<>();
        if (manifest.has("result")) {
            JsonFile result = manifest.object("result");
            for (String name : result.names()) {
                numbers.put(name, result.number(name));
            }
        }
        return numbers;
    }

    /** The numbers of the newest row of progress.csv by column; empty if there is none yet. */
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
            List<String> lines = Csv.complete(new String(bytes, StandardCharsets.UTF_8));
            // The first of the lines is the header, or was cut.
            return header == null || lines.size() < 2 ? Map.of() : row(Csv.split(header), lines.get(lines.size() - 1));
        } catch (IOException e) {
            throw Csv.file(csv).unusable(FileException.reason(e), e);
        }
    }

    private static Map<String, Double> row(List<String> columns, String line) {
        List<String> fields = Csv.split(line);
        Map<String, Double> row = new HashMap<>();
        for (int i = 0; i < Math.min(columns.size(), fields.size()); i++) {
            if (NUMBER.matcher(fields.get(i)).matches()) {
                row.put(columns.get(i), Double.valueOf(fields.get(i)));
            }
        }
        return row;
    }

    /** The error message at the end of a log with the log's last words, or else the log's last line; in one line. */
    static String lastWords(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = new InputFile(log, "check its permissions")
                .anyText()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
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
