// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.files.Directories;
import io.gymwire.files.DirectoryLock;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import io.gymwire.learn.RunConfig;
import io.gymwire.record.Csv;
import io.gymwire.record.JsonFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Access to a run's directory for processes other than the run's own process: before, during and after the run. */
final class RunFolder {

    /** The number of bytes to read at the end of progress.csv: enough for its last rows. */
    private static final int TAIL = 8192;

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?");
    /** What a run leaves in its directory if it ends before its first checkpoint, except its log and its lock. */
    private static final Set<String> REMAINS =
            Set.of(RunDirectory.CONFIG, RunDirectory.MANIFEST, RunDirectory.CHECKPOINTS);

    private static final Pattern UNFINISHED_FILE = Pattern.compile("\\..*\\.tmp");
    /** What a run leaves in the folder of its checkpoints if it ends before its first checkpoint. */
    private static final Pattern UNFINISHED_CHECKPOINT = Pattern.compile("step_0+\\..*|latest|" + UNFINISHED_FILE);
    /** A field that every config.json and every manifest.json of a run has. */
    private static final String ENV_ID = "env_id";

    private static final String COMPLAINT = "gymwire: ";

    private final Path path;

    RunFolder(Path path) {
        this.path = path;
    }

    /** The progress of a run. */
    enum State {
        /** There is no run, or the run has no checkpoint. */
        NEW,
        /** The run can be continued from a checkpoint. */
        BEGUN,
        /** The run has done everything that the given settings ask for. */
        FINISHED
    }

    /**
     * The progress of the run.
     *
     * @param config the settings that the run should have
     * @throws FileException if the run has checkpoints but no manifest. Such a run cannot be continued. It does not
     *     count as new either, because {@link #clear} would then remove the checkpoints. Also thrown if
     *     {@link #requireRemains} refuses the directory
     */
    State state(RunConfig config) throws IOException {
        Path checkpoints = path.resolve(RunDirectory.CHECKPOINTS);
        if (!Checkpoint.exists(checkpoints)) {
            requireRemains();
            return State.NEW;
        }
        if (!Files.exists(manifest())) {
            throw FileException.reading(
                    manifest(),
                    "it is missing, but the run has checkpoints",
                    "put it back from a copy, or move the run's directory to another place",
                    null);
        }
        return Checkpoint.latest(checkpoints).finishes(config) ? State.FINISHED : State.BEGUN;
    }

    /**
     * Refuses a directory that has no checkpoint, but contains files that do not come from a failed start. (A failed
     * start is the start of a run that ends before its first checkpoint. For example, it leaves no progress.csv.)
     * Without this check, {@link #clear} would remove files of a run that has lost its checkpoints, or files that are
     * not Gymwire's.
     */
    private void requireRemains() throws IOException {
        for (Path entry : entries(path)) {
            String name = entry.getFileName().toString();
            boolean expected = switch (name) {
                case RunDirectory.LOG, DirectoryLock.FILE -> true;
                case RunDirectory.CONFIG, RunDirectory.MANIFEST -> isOfARun(entry);
                case RunDirectory.CHECKPOINTS -> Files.isDirectory(entry);
                default -> UNFINISHED_FILE.matcher(name).matches();
            };
            if (!expected) {
                throw unexpected(entry);
            }
        }
        for (Path entry : entries(path.resolve(RunDirectory.CHECKPOINTS))) {
            if (!UNFINISHED_CHECKPOINT.matcher(entry.getFileName().toString()).matches()) {
                throw unexpected(entry);
            }
        }
    }

    private FileException unexpected(Path entry) {
        return FileException.reading(
                path,
                "it has no checkpoint to continue from, but it contains " + path.relativize(entry)
                        + "; a run that failed at its start does not leave this",
                "put the run's checkpoints back from a copy, give another directory, or remove the files in this"
                        + " directory if nobody needs them",
                null);
    }

    private static boolean isOfARun(Path file) {
        try {
            return JsonFile.read(file, "").has(ENV_ID);
        } catch (IOException e) {
            // The caller refuses the directory because of this file, and names the file.
            return false;
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        return Files.isDirectory(directory) ? Directories.list(directory) : List.of();
    }

    /**
     * Removes what a run leaves if it ends before its first checkpoint, except its log and its lock. A new run would
     * refuse a directory with config.json or the folder of the checkpoints.
     */
    void clear() throws IOException {
        for (Path entry : entries(path)) {
            String name = entry.getFileName().toString();
            if (REMAINS.contains(name) || UNFINISHED_FILE.matcher(name).matches()) {
                Directories.remove(entry);
            }
        }
    }

    Path manifest() {
        return path.resolve(RunDirectory.MANIFEST);
    }

    /** The run's results in the manifest, by name; empty if there are none. */
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

    /** The numbers in the newest row of progress.csv, by column; empty if there is no row yet. */
    Map<String, Double> progress() throws IOException {
        Path csv = path.resolve(RunDirectory.PROGRESS);
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
            // The first of these lines is not used: it is the header, or a row without its beginning.
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

    /**
     * The last error message of a log and the log's last line, in one line. If the log has no error message, or if the
     * last line is the error message, the result is only the last line. If the log does not exist or is empty, the
     * result is empty.
     */
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
