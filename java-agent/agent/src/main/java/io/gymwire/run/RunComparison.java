// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.files.Digests;
import io.gymwire.files.InputFile;
import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.record.AgentDescription;
import io.gymwire.record.Csv;
import io.gymwire.record.JsonFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.record.RunManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares two runs: their results, and their versions and machines. */
public final class RunComparison {

    /** Columns with times and speeds. Two runs with the same results can differ in these columns. */
    private static final Set<String> TIMINGS =
            RunMetrics.all().stream().filter(Metric::isTiming).map(Metric::name).collect(Collectors.toSet());

    /** Parts of the fingerprint that do not change results. */
    private static final Set<String> IRRELEVANT = Set.of("agent.processors", "agent.max_heap_mib");

    private static final String CHECKPOINT = "checkpoint";

    private RunComparison() {}

    /**
     * Finds the first difference in the progress of two runs, in their first iterations. It compares the columns of the
     * first run, except the values of times and speeds. The second run must have all these columns. It can have more
     * columns, if a later version wrote it.
     *
     * @param iterations the number of iterations to compare; both runs must have at least this many
     * @return a sentence about the difference, or empty if there is no difference
     */
    public static Optional<String> firstDifference(RunDirectory before, RunDirectory now, int iterations)
            throws IOException {
        List<String> first = rows(before, iterations);
        List<String> second = rows(now, iterations);
        List<String> columns = Csv.split(first.get(0));
        List<String> columnsNow = Csv.split(second.get(0));
        Set<String> missing = new TreeSet<>(columns);
        columnsNow.forEach(missing::remove);
        if (!missing.isEmpty()) {
            return Optional.of("the second run has no columns " + missing);
        }
        for (int iteration = 1; iteration <= iterations; iteration++) {
            List<String> expected = fields(before, first.get(iteration), columns);
            List<String> actual = fields(now, second.get(iteration), columnsNow);
            for (String name : columns) {
                String was = expected.get(columns.indexOf(name));
                String is = actual.get(columnsNow.indexOf(name));
                if (!TIMINGS.contains(name) && !was.equals(is)) {
                    return Optional.of("iteration " + iteration + ": " + name + " was " + was + ", now it is " + is);
                }
            }
        }
        return Optional.empty();
    }

    /** The number of iterations in a run's progress. */
    public static int iterations(RunDirectory run) throws IOException {
        return Math.max(0, Csv.completeLines(run.progress()).size() - 1);
    }

    /**
     * The differences between two manifests' fingerprints. A fingerprint describes the Git checkout, the agent
     * (version, hashes, Java, system, kernels), the run's first server (version, hash, protocol, capabilities, system,
     * processor, Python, packages) and the packages that define the environment. The agent's number of processors and
     * its maximum heap are not compared.
     *
     * @return lines such as {@code server.packages.mujoco: 3.14.0, now 3.15.0}; empty if there is no difference
     */
    public static List<String> differentFingerprints(JsonFile before, JsonFile now) {
        Map<String, String> first = RunManifest.fingerprint(before);
        Map<String, String> second = RunManifest.fingerprint(now);
        Set<String> names = new TreeSet<>(first.keySet());
        names.addAll(second.keySet());
        return names.stream()
                .filter(name -> !IRRELEVANT.contains(name))
                .filter(name -> !first.getOrDefault(name, "").equals(second.getOrDefault(name, "")))
                .map(name -> name + ": " + first.getOrDefault(name, "absent") + ", now "
                        + second.getOrDefault(name, "absent"))
                .toList();
    }

    private static List<String> rows(RunDirectory run, int iterations) throws IOException {
        List<String> lines = Csv.completeLines(run.progress());
        if (lines.size() <= iterations) {
            throw Csv.file(run.progress())
                    .unusable("it has " + Math.max(0, lines.size() - 1) + " iterations, not " + iterations, null);
        }
        return lines;
    }

    private static List<String> fields(RunDirectory run, String row, List<String> columns) throws IOException {
        List<String> fields = Csv.split(row);
        if (fields.size() != columns.size()) {
            throw Csv.file(run.progress())
                    .unusable("it has " + columns.size() + " columns, but row " + row + " has " + fields.size(), null);
        }
        return fields;
    }

    /**
     * Refuses a run if its progress.csv has fewer iterations than its manifest says.
     *
     * @throws IOException if iterations are missing or a file cannot be read; the message names the file
     */
    public static void requireProgress(JsonFile manifest, RunDirectory run) throws IOException {
        int found = iterations(run);
        int recorded = manifest.has("result") ? (int) manifest.object("result").number("iterations", 0) : 0;
        if (found < recorded) {
            throw Csv.file(run.progress())
                    .unusable(
                            "it has " + found + " iterations, but the run had " + recorded + " according to "
                                    + run.manifest(),
                            null);
        }
    }

    /**
     * Refuses a run if its final checkpoint has another SHA-256 than its manifest says.
     *
     * @throws IOException if the checkpoint has changed or cannot be read; the message names the file
     */
    public static void requireCheckpoint(JsonFile manifest, RunDirectory run) throws IOException {
        if (manifest.has(CHECKPOINT)) {
            JsonFile checkpoint = manifest.object(CHECKPOINT);
            InputFile file = new InputFile(
                    run.checkpoints().resolve(checkpoint.text("file")),
                    "put it back from a copy, or train the run again");
            if (!Digests.sha256(file.bytes()).equals(checkpoint.text("sha256"))) {
                throw file.unusable("it is damaged, because its SHA-256 is not the one in " + run.manifest(), null);
            }
        }
    }

    /**
     * Whether the final checkpoint that a run's manifest names is identical to the other run's checkpoint of the same
     * step; empty if the manifest names no checkpoint, or the other run has no checkpoint of this step.
     */
    public static Optional<Boolean> sameCheckpoint(JsonFile manifest, RunDirectory other) throws IOException {
        if (!manifest.has(CHECKPOINT)) {
            return Optional.empty();
        }
        JsonFile checkpoint = manifest.object(CHECKPOINT);
        Path file = other.checkpoints().resolve(checkpoint.text("file"));
        return Files.exists(file)
                ? Optional.of(AgentDescription.sha256(file).equals(checkpoint.text("sha256")))
                : Optional.empty();
    }
}
