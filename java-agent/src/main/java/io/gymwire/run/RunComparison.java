// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares what two runs did, and what they ran with. */
public final class RunComparison {

    /** Columns that measure time begin so, but for the two that count. */
    private static final String TIME = "time/";
    private static final Set<String> COUNTERS = Set.of("time/iterations", ProgressCsv.TOTAL_TIMESTEPS);
    /** Parts of the fingerprint that results are known not to depend on. */
    private static final Set<String> IRRELEVANT = Set.of("agent.processors", "agent.max_heap_mib");

    private RunComparison() {}

    /**
     * Says where the progress of two runs first differs, in one of their first iterations and in a column that does not
     * measure time.
     *
     * @param iterations how many to compare; both runs have as many
     * @return a sentence, or empty when they are identical
     */
    public static Optional<String> firstDifference(RunDirectory before, RunDirectory now, int iterations)
            throws IOException {
        List<String> first = rows(before, iterations);
        List<String> second = rows(now, iterations);
        List<String> columns = Csv.split(first.get(0));
        if (!columns.equals(Csv.split(second.get(0)))) {
            Set<String> other = new TreeSet<>(columns);
            Csv.split(second.get(0)).forEach(name -> {
                if (!other.remove(name)) {
                    other.add(name);
                }
            });
            return Optional.of("the two have other columns: " + other);
        }
        for (int iteration = 1; iteration <= iterations; iteration++) {
            List<String> expected = Csv.split(first.get(iteration));
            List<String> actual = Csv.split(second.get(iteration));
            for (int column = 0; column < columns.size(); column++) {
                String name = columns.get(column);
                if ((!name.startsWith(TIME) || COUNTERS.contains(name))
                        && !expected.get(column).equals(actual.get(column))) {
                    return Optional.of("iteration " + iteration + ": " + name + " was " + expected.get(column)
                            + ", now it is " + actual.get(column));
                }
            }
        }
        return Optional.empty();
    }

    /** How many iterations a run's progress has. */
    public static int iterations(RunDirectory run) throws IOException {
        return Math.max(0, Csv.completeLines(run.progress()).size() - 1);
    }

    /**
     * The parts of two manifests' fingerprints that differ: versions and hashes of both programs, Java, the kernels,
     * the server's system, processor features and packages.
     *
     * @return lines such as {@code server.packages.mujoco: 3.13.0, now 3.14.0}; empty when all are equal
     */
    public static List<String> differentFingerprints(JsonObject before, JsonObject now) {
        Map<String, String> first = fingerprint(before);
        Map<String, String> second = fingerprint(now);
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
            throw new IOException(run.progress() + " has " + Math.max(0, lines.size() - 1) + " iterations, not "
                    + iterations);
        }
        return lines;
    }

    private static Map<String, String> fingerprint(JsonObject manifest) {
        Map<String, String> fields = new TreeMap<>();
        for (String part : List.of("agent", "server", "git")) {
            if (manifest.has(part)) {
                flatten(part, manifest.get(part), fields);
            }
        }
        return fields;
    }

    private static void flatten(String name, JsonElement value, Map<String, String> fields) {
        if (value.isJsonObject()) {
            value.getAsJsonObject().entrySet()
                    .forEach(entry -> flatten(name + "." + entry.getKey(), entry.getValue(), fields));
        } else {
            fields.put(name, value.isJsonPrimitive() ? value.getAsString() : value.toString());
        }
    }

    /**
     * Whether a run's manifest names a final checkpoint that another run's checkpoints have with the same content;
     * empty when it names none, or the other run has none of that step.
     */
    public static Optional<Boolean> sameCheckpoint(JsonObject manifest, RunDirectory other) throws IOException {
        if (!manifest.has("checkpoint")) {
            return Optional.empty();
        }
        JsonObject checkpoint = manifest.getAsJsonObject("checkpoint");
        Path file = other.checkpoints().resolve(checkpoint.get("file").getAsString());
        return file.toFile().exists()
                ? Optional.of(AgentDescription.sha256(file).equals(checkpoint.get("sha256").getAsString()))
                : Optional.empty();
    }
}
