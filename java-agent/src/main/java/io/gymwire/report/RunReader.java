// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.gymwire.run.ProgressCsv;
import io.gymwire.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads run directories, finished or not. */
final class RunReader {

    static final String STEPS = ProgressCsv.TOTAL_TIMESTEPS;
    static final String RETURN = "rollout/ep_rew_mean";

    /** Episodes that a training return is the mean of. */
    private static final int EPISODES = 100;
    /** Levels of directories below one given that may lie above a run. */
    private static final int DEPTH = 4;
    private static final Set<String> EVALUATION_TEXTS = Set.of("policy");

    private final OptionalDouble threshold;
    private final Consumer<String> remark;

    /**
     * @param threshold the return that counts as solved, instead of the environments' own
     * @param remark told in one line what was left out
     */
    RunReader(OptionalDouble threshold, Consumer<String> remark) {
        this.threshold = threshold;
        this.remark = remark;
    }

    /**
     * Reads runs, each once, in the order of their directories.
     *
     * @param paths run directories, or directories that have some below
     * @throws IOException if one has none, or none of the runs has got anywhere
     */
    List<Run> read(List<Path> paths) throws IOException {
        Map<Path, Path> directories = new LinkedHashMap<>();
        for (Path path : paths) {
            List<Path> found = find(path);
            if (found.isEmpty()) {
                throw new IOException("directory " + path + " holds no run, nor does any below it (a run has a"
                        + " manifest.json); give a directory that train or sweep made");
            }
            for (Path directory : found) {
                directories.putIfAbsent(directory.toRealPath(), directory);
            }
        }
        List<Run> runs = new ArrayList<>();
        for (Path directory : directories.values()) {
            Run run = readOne(directory);
            if (run != null) {
                runs.add(run);
            }
        }
        if (runs.isEmpty()) {
            throw new IOException("none of the runs in " + paths + " has finished an iteration with an episode in it"
                    + " yet; wait, or give other directories");
        }
        return runs;
    }

    private static List<Path> find(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IOException((Files.exists(path) ? path + " is a file" : "directory " + path + " does not exist")
                    + "; give a directory that train or sweep made");
        }
        try (Stream<Path> files = Files.walk(path, DEPTH)) {
            return files.filter(file -> file.endsWith("manifest.json")).map(Path::getParent).sorted().toList();
        }
    }

    /** Returns a run, or null when it has no row to speak of. */
    private Run readOne(Path path) throws IOException {
        RunDirectory directory = RunDirectory.open(path);
        JsonObject manifest = json(directory.manifest());
        CsvTable progress = readTable(directory.progress(), Set.of());
        double[] steps = progress.numbers(STEPS);
        Curve returns = Curve.of(steps, progress.numbers(RETURN));
        if (returns.isEmpty()) {
            remark.accept(path + " is left out: it has no finished iteration with an episode in it yet");
            return null;
        }
        String status = text(manifest, "status");
        if (!status.equals("finished")) {
            remark.accept(path + " is not finished (" + status + "), at step " + (long) steps[steps.length - 1]);
        }
        CsvTable monitor = readTable(directory.monitor(), Set.of());
        double[] episodes = CsvTable.last(monitor.numbers("r"), EPISODES);
        Curve settled = settled(returns, monitor.numbers("l"));
        int best = settled.highest();
        double solved = threshold.orElseGet(() -> number(manifest, "reward_threshold"));
        CsvTable evaluation = readTable(directory.eval().resolve("evaluations.csv"), EVALUATION_TEXTS);
        CsvTable during = readTable(directory.eval().resolve("curve.csv"), EVALUATION_TEXTS);
        return new Run(path, text(manifest, "env_id"), (long) number(manifest, "seed"), status,
                settings(directory.config()), fingerprint(manifest), progress, (long) steps[steps.length - 1],
                episodes.length == 0 ? returns.values()[returns.values().length - 1] : Statistics.mean(episodes),
                settled.values()[best], settled.steps()[best],
                evaluated(evaluation, during, "deterministic"), evaluated(evaluation, during, "stochastic"),
                solved, reached(settled, solved), seconds(progress.numbers("time/time_elapsed")));
    }

    /** The curve from where its mean is over about 100 episodes: few episodes say little, and luck would count. */
    private static Curve settled(Curve returns, double[] lengths) {
        double steps = IntStream.range(0, Math.min(EPISODES, lengths.length)).mapToDouble(i -> lengths[i]).sum();
        Curve settled = returns.from(steps);
        return settled.isEmpty() ? returns.from(returns.last()) : settled;
    }

    private static double reached(Curve curve, double threshold) {
        return IntStream.range(0, curve.values().length).filter(i -> curve.values()[i] >= threshold)
                .mapToDouble(i -> curve.steps()[i]).findFirst().orElse(Double.NaN);
    }

    /** The mean return of the evaluation after training, or else of the last in its course. */
    private static double evaluated(CsvTable after, CsvTable during, String policy) {
        double[] steps = during.numbers("step");
        double last = Arrays.stream(steps).max().orElse(Double.NaN);
        double mean = mean(after, policy, i -> true);
        return Double.isNaN(mean) ? mean(during, policy, i -> steps[i] == last) : mean;
    }

    private static double mean(CsvTable evaluation, String policy, IntPredicate counts) {
        double[] returns = evaluation.numbers("return");
        List<String> policies = evaluation.texts("policy");
        return Statistics.mean(IntStream.range(0, returns.length)
                .filter(i -> counts.test(i) && policies.get(i).equals(policy)).mapToDouble(i -> returns[i]).toArray());
    }

    /** The seconds of all parts of a run: the clock of a resumed one begins anew. */
    private static double seconds(double[] elapsed) {
        double total = 0;
        for (int i = 0; i < elapsed.length; i++) {
            if (i == elapsed.length - 1 || elapsed[i + 1] < elapsed[i]) {
                total += elapsed[i];
            }
        }
        return total;
    }

    private CsvTable readTable(Path path, Set<String> textColumns) throws IOException {
        CsvTable table = CsvTable.read(path, textColumns);
        if (table.skipped() > 0) {
            remark.accept(path + ": " + table.skipped() + " unreadable rows are left out");
        }
        return table;
    }

    private static Map<String, String> settings(Path config) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (Map.Entry<String, JsonElement> entry : json(config).entrySet()) {
            if (entry.getValue() instanceof JsonObject setting && setting.has("value")) {
                settings.put(entry.getKey(), setting.get("value").getAsString());
            }
        }
        settings.remove("env_id");
        return settings;
    }

    /** The manifest's account of both sides, flat: {@code server.packages.numpy -> 2.4.6}. */
    private static Map<String, String> fingerprint(JsonObject manifest) {
        Map<String, String> flat = new TreeMap<>();
        for (String part : List.of("gymwire", "git", "agent", "server")) {
            if (manifest.has(part)) {
                flatten(part, manifest.get(part), flat);
            }
        }
        return flat;
    }

    private static void flatten(String name, JsonElement value, Map<String, String> flat) {
        if (value.isJsonObject()) {
            value.getAsJsonObject().entrySet().forEach(entry ->
                    flatten(name + "." + entry.getKey(), entry.getValue(), flat));
        } else if (value.isJsonArray()) {
            List<String> items = new ArrayList<>();
            value.getAsJsonArray().forEach(item ->
                    items.add(item.isJsonPrimitive() ? item.getAsString() : item.toString()));
            flat.put(name, String.join(" ", items));
        } else {
            flat.put(name, value.isJsonNull() ? "" : value.getAsString());
        }
    }

    private static JsonObject json(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException("directory " + path.getParent() + " holds no whole run, for it has no "
                    + path.getFileName() + "; leave it out, or train the run again");
        }
        try {
            return JsonParser.parseString(Files.readString(path)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException(path + " cannot be read (" + e.getMessage() + "); leave the run in "
                    + path.getParent() + " out, or train it again", e);
        }
    }

    private static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "unknown";
    }

    private static double number(JsonObject object, String name) {
        return object.has(name) && object.get(name).isJsonPrimitive() ? object.get(name).getAsDouble() : Double.NaN;
    }
}
