// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/** Where one run keeps its files. */
public final class RunDirectory {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Name of the file that keeps what a run printed, written by the program that started it. */
    public static final String LOG = "train.log";

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /**
     * Creates the directory of a new run.
     *
     * @param explicitOrNull the directory wanted, or null for {@link #defaultPath}
     * @throws IOException if there are files in it already, or it cannot be made
     */
    public static RunDirectory create(Path explicitOrNull, String envId, long seed, Instant start) throws IOException {
        Path path = explicitOrNull == null ? defaultPath(envId, seed, start) : explicitOrNull;
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IOException("run directory " + path + " is a file; give another --run-dir");
        }
        if (Files.isDirectory(path) && !isEmpty(path)) {
            throw new IOException("run directory " + path + " exists and is not empty; give another --run-dir,"
                    + " or continue that run with --resume " + path);
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new IOException("cannot create run directory " + path + " (" + e + "); give another --run-dir", e);
        }
        return new RunDirectory(path);
    }

    /**
     * Opens the directory of an existing run.
     *
     * @throws IOException if {@code path} holds none
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
            throw new IOException("directory " + path + " holds no run, for it has no manifest.json" + remedy);
        }
        return run;
    }

    /** Returns {@code runs/<env>__s<seed>__<utc>}. */
    public static Path defaultPath(String envId, long seed, Instant start) {
        return Path.of("runs", name(envId, seed) + "__" + UTC.format(start));
    }

    /** Returns {@code <env>__s<seed>}; characters of the id that a file name cannot hold become '-'. */
    public static String name(String envId, long seed) {
        return envId.replaceAll("[^A-Za-z0-9._-]", "-") + "__s" + seed;
    }

    public Path path() {
        return path;
    }

    /** What ran: versions, machine, command line. */
    public Path manifest() {
        return path.resolve("manifest.json");
    }

    /** Every setting, and where its value came from. */
    public Path config() {
        return path.resolve("config.json");
    }

    /** One row per iteration. */
    public Path progress() {
        return path.resolve("progress.csv");
    }

    /** One row per training episode. */
    public Path monitor() {
        return path.resolve("monitor.csv");
    }

    public Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /** Directory of evaluation results. */
    public Path eval() {
        return path.resolve("eval");
    }

    public Path videos() {
        return path.resolve("videos");
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Whether nothing is in it but the log, which is there before its run is. */
    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.allMatch(entry -> entry.endsWith(LOG));
        }
    }
}
