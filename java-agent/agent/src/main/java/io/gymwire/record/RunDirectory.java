// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.files.Directories;
import io.gymwire.files.DirectoryLock;
import io.gymwire.files.FileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The directory of one run's files. */
public final class RunDirectory {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Name of the file with the output of a run that a sweep started or continued. Other runs do not have it. */
    public static final String LOG = "train.log";

    /**
     * Names of files and folders in a run directory. Other classes use them to find out whether a directory contains a
     * run, and to read its files.
     */
    public static final String MANIFEST = "manifest.json";

    public static final String CONFIG = "config.json";
    public static final String PROGRESS = "progress.csv";
    public static final String CHECKPOINTS = "checkpoints";

    private final Path path;
    private DirectoryLock lock;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /**
     * Creates the directory of a new run, and locks it until {@link #release}.
     *
     * @param remark receives a message of one line if the file system does not support locks
     * @throws IOException if the directory cannot be created or locked, or if it has files other than a log, a lock
     *     file and a manifest. A sweep leaves these three when a run fails before the run makes its own files
     */
    public static RunDirectory create(
            Path explicitOrNull, String envId, long seed, Instant start, Consumer<String> remark) throws IOException {
        Path path = explicitOrNull == null ? defaultPath(envId, seed, start) : explicitOrNull;
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IOException("run directory " + path + " is a file; give another --run-dir");
        }
        try {
            Directories.make(path);
        } catch (FileException e) {
            throw new IOException(
                    "cannot create run directory " + path + " (" + e.reason() + "); give another --run-dir", e);
        }
        if (!Files.exists(path.resolve(DirectoryLock.FILE))) {
            // A directory without a lock file is checked before it is locked. So no lock file is created in a directory
            // that is refused.
            requireEmpty(path);
        }
        RunDirectory run = new RunDirectory(path);
        run.lock(remark);
        try {
            requireEmpty(path);
            Directories.makeOne(run.checkpoints());
            return run;
        } catch (IOException e) {
            run.release();
            throw e;
        }
    }

    /**
     * Prevents other processes of Gymwire from training in the directory, until {@link #release} or the end of this
     * process. Commands such as {@code eval} can still write their files into the directory.
     *
     * @param remark receives a message of one line if the file system does not support locks
     * @throws IOException if the directory is already locked, or if its lock file cannot be written
     */
    public void lock(Consumer<String> remark) throws IOException {
        lock = DirectoryLock.acquire(path, remark);
    }

    /** Lets other processes train in the directory again. */
    public void release() throws IOException {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    /**
     * Checks that the run's directory, its main files and its folder of checkpoints exist. Without this check, a run
     * would not notice that somebody removed an open file. It would then continue, but its results would be lost.
     *
     * @throws IOException if one of them is gone; the message names it
     */
    void requireFiles() throws IOException {
        for (Path part : List.of(path, checkpoints(), manifest(), config(), progress(), monitor())) {
            if (Files.notExists(part)) {
                throw new IOException(part + " is gone: it was removed during the run, so the run ends; "
                        + (part.equals(path) ? "" : "put it back from a copy, or ") + "train the run again");
            }
        }
    }

    /**
     * Opens the directory of an existing run.
     *
     * @throws IOException if {@code path} contains no run
     */
    public static RunDirectory open(Path path) throws IOException {
        RunDirectory run = new RunDirectory(path);
        String remedy = "; give a directory that train made, such as " + defaultPath("CartPole-v1", 1, Instant.EPOCH);
        if (!Files.exists(path)) {
            throw new IOException("run directory " + path + " does not exist" + remedy);
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("run directory " + path + " is a file" + remedy);
        }
        if (!Files.isRegularFile(run.manifest())) {
            throw new IOException("directory " + path + " contains no run: it has no manifest.json" + remedy);
        }
        return run;
    }

    /** The directory {@code runs/<env>__s<seed>__<utc>}. */
    public static Path defaultPath(String envId, long seed, Instant start) {
        return Path.of("runs", name(envId, seed) + "__" + UTC.format(start));
    }

    /** The name {@code <env>__s<seed>}; all characters of the id except A-Z, a-z, 0-9, '.', '_' and '-' become '-'. */
    public static String name(String envId, long seed) {
        return envId.replaceAll("[^A-Za-z0-9._-]", "-") + "__s" + seed;
    }

    public Path path() {
        return path;
    }

    /** The file with the versions, the machine and the command line. */
    public Path manifest() {
        return path.resolve(MANIFEST);
    }

    /** The file with every setting that the run uses, and the source of its value. */
    public Path config() {
        return path.resolve(CONFIG);
    }

    /** The file with one row per iteration. */
    public Path progress() {
        return path.resolve(PROGRESS);
    }

    /** The file with one row per training episode. */
    public Path monitor() {
        return path.resolve("monitor.csv");
    }

    public Path checkpoints() {
        return path.resolve(CHECKPOINTS);
    }

    /** Directory of evaluation results. */
    public Path eval() {
        return path.resolve("eval");
    }

    /** The file with the episodes of the evaluations during training. */
    public Path evaluationCurve() {
        return eval().resolve("curve.csv");
    }

    /** The file with the episodes that the last {@code eval} of this run played. */
    public Path evaluations() {
        return eval().resolve("evaluations.csv");
    }

    public Path videos() {
        return path.resolve("videos");
    }

    /** Directory of the explanation of an update. */
    public Path explanation() {
        return path.resolve("explain");
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /**
     * Refuses a directory with files other than a log, a lock file and a manifest. A sweep leaves these three when a
     * run fails before the run makes its own files.
     */
    private static void requireEmpty(Path directory) throws IOException {
        Set<String> remains = Set.of(LOG, DirectoryLock.FILE, MANIFEST);
        List<Path> others = Directories.list(directory).stream()
                .filter(entry -> !remains.contains(entry.getFileName().toString()))
                .toList();
        if (!others.isEmpty()) {
            Path checkpoints = directory.resolve(CHECKPOINTS);
            boolean hasCheckpoint = Files.isDirectory(checkpoints)
                    && !Directories.list(checkpoints).isEmpty();
            throw new IOException("run directory " + directory + " exists and is not empty; give another --run-dir, or "
                    + (hasCheckpoint
                            ? "continue that run with --resume " + directory
                            : "remove its files if nobody needs them"));
        }
    }
}
