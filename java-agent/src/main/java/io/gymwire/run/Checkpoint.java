// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.gymwire.net.Parameter;
import io.gymwire.policy.RunningMoments;
import io.gymwire.rollout.Standing;
import io.gymwire.run.Safetensors.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run between two iterations, on disk: {@code step_000102400.safetensors} with every number of the learner,
 * {@code step_000102400.json} with the counters and the latest returns, {@code step_000102400.environments.zip} with
 * the state of the environments where it can be taken down, {@code step_000102400.rollouts}, in the newest set alone,
 * with the last rollouts where the next update learns from them, and {@code latest}, a text file that names the newest
 * set.
 *
 * <p>Each file is written under another name and then renamed, {@code latest} last: whatever the moment of an
 * interruption, {@code latest} names a complete set.
 */
public final class Checkpoint {

    private static final String LATEST = "latest";
    private static final String ENVIRONMENTS = ".environments.zip";
    private static final String ROLLOUTS = ".rollouts";
    private static final String OBSERVED = "observed";
    private static final int FORMAT = 2;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    /** The JSON file beside the tensors. */
    private record Counters(
            int format, String envId, long seed, long totalTimesteps, long iterations, long episodes, long adamSteps,
            boolean environments, int rollouts, RunProgress.State returns) {}

    /**
     * What a run goes on with beside the learner.
     *
     * @param standing of the environments; null where they begin new episodes
     */
    public record Rest(Standing standing, RunProgress.State returns) {}

    private Checkpoint() {}

    /**
     * Writes a checkpoint into a directory, which is made if it does not exist.
     *
     * @return the file with the learner's numbers
     */
    public static Path save(Path directory, Learner learner, Rest rest, TrainConfig config) throws IOException {
        long steps = learner.iterations() * config.batch();
        String stem = String.format(Locale.ROOT, "step_%09d", steps);
        Files.createDirectories(directory);
        Path numbers = directory.resolve(stem + ".safetensors");
        Safetensors.write(numbers, tensors(learner), Map.of("format", "gymwire-" + FORMAT));
        if (rest.standing() != null) {
            StandingFile.write(directory.resolve(stem + ENVIRONMENTS), rest.standing());
        }
        int rollouts = learner.recent().size();
        if (rollouts > 0) {
            RolloutsFile.write(directory.resolve(stem + ROLLOUTS), learner.recent());
        }
        Counters counters = new Counters(
                FORMAT,
                config.envId(),
                config.seed(),
                steps,
                learner.iterations(),
                learner.episodes(),
                learner.critic().adam().steps(),
                rest.standing() != null,
                rollouts,
                rest.returns());
        AtomicFiles.write(
                directory.resolve(stem + ".json"), (GSON.toJson(counters) + "\n").getBytes(StandardCharsets.UTF_8));
        AtomicFiles.write(directory.resolve(LATEST), (stem + "\n").getBytes(StandardCharsets.UTF_8));
        if (rollouts > 0) {
            deleteOlderRollouts(directory, stem);
        }
        return numbers;
    }

    /** They would soon be larger than all the rest of a run. */
    private static void deleteOlderRollouts(Path directory, String stem) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "step_*" + ROLLOUTS)) {
            for (Path file : all) {
                if (!file.endsWith(stem + ROLLOUTS)) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * Reads the newest checkpoint of a directory into a learner of the same shape, to go on with its training.
     *
     * @return what is not the learner's
     * @throws IOException when there is none, or it is not one of this learner's shape
     */
    public static Rest loadLatest(Path directory, Learner learner) throws IOException {
        String stem = latest(directory);
        Counters counters = loadNumbers(directory, stem, learner);
        if (counters.rollouts() > 0) {
            RolloutsFile.read(directory.resolve(stem + ROLLOUTS), counters.rollouts(), learner.recent());
        }
        Standing standing = counters.environments()
                ? StandingFile.read(directory.resolve(stem + ENVIRONMENTS), learner.drawn().length)
                : null;
        return new Rest(standing, counters.returns());
    }

    /**
     * Reads the newest checkpoint of a directory into a learner of the same shape that will not be trained: all but
     * the rollouts.
     *
     * @throws IOException when there is none, or it is not one of this learner's shape
     */
    public static void loadForPlay(Path directory, Learner learner) throws IOException {
        loadNumbers(directory, latest(directory), learner);
    }

    private static Counters loadNumbers(Path directory, String stem, Learner learner) throws IOException {
        Counters counters = counters(directory, stem);
        Map<String, Tensor> tensors = Safetensors.read(directory.resolve(stem + ".safetensors")).tensors();
        try {
            restore(tensors, counters, learner);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "checkpoint " + directory.resolve(stem) + " does not fit this run: " + e.getMessage(), e);
        }
        return counters;
    }

    /**
     * Tells how many environment steps the newest checkpoint of a directory has behind it.
     *
     * @throws IOException when there is none
     */
    public static long latestSteps(Path directory) throws IOException {
        return counters(directory, latest(directory)).totalTimesteps();
    }

    private static String latest(Path directory) throws IOException {
        Path latest = directory.resolve(LATEST);
        if (!Files.isRegularFile(latest)) {
            throw new IOException(
                    directory + " holds no checkpoint; the run may have ended before its first one, train it again");
        }
        return Files.readString(latest).strip();
    }

    private static Counters counters(Path directory, String stem) throws IOException {
        Counters counters;
        try {
            counters = GSON.fromJson(Files.readString(directory.resolve(stem + ".json")), Counters.class);
        } catch (JsonParseException e) {
            throw new IOException(
                    "checkpoint " + directory.resolve(stem + ".json") + " is damaged: " + e.getMessage(), e);
        }
        if (counters == null || counters.format() != FORMAT) {
            throw new IOException("checkpoint " + directory.resolve(stem + ".json") + " has another format than "
                    + FORMAT + "; use the version of Gymwire that wrote it");
        }
        return counters;
    }

    private static Map<String, Tensor> tensors(Learner learner) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        putParameters(tensors, "policy", learner.policy().parameters(), learner.theta());
        int[] observed = learner.encoder().observed();
        if (observed.length > 0) {
            tensors.put(OBSERVED, vector(Arrays.stream(observed).asDoubleStream().toArray()));
        }
        if (learner.normalizer().enabled()) {
            putMoments(tensors, "normalizer", learner.normalizer().moments());
        }
        putParameters(tensors, "value", learner.critic().network().parameters(), learner.critic().theta());
        tensors.put("value.shift_scale", vector(learner.critic().shift(), learner.critic().scale()));
        putMoments(tensors, "value.targets", learner.critic().targetMoments());
        tensors.put("adam.first_moment", vector(learner.critic().adam().firstMoment()));
        tensors.put("adam.second_moment", vector(learner.critic().adam().secondMoment()));
        double[] drawn = new double[learner.drawn().length];
        for (int env = 0; env < drawn.length; env++) {
            drawn[env] = learner.drawn()[env];
        }
        tensors.put("actions.drawn", vector(drawn));
        return tensors;
    }

    private static void restore(Map<String, Tensor> tensors, Counters counters, Learner learner) {
        int[] observed = learner.encoder().observed();
        double[] saved = tensors.containsKey(OBSERVED) ? tensors.get(OBSERVED).data() : new double[0];
        if (!Arrays.equals(saved, Arrays.stream(observed).asDoubleStream().toArray())) {
            throw new IllegalArgumentException("it observes the elements " + integers(saved) + ", the run "
                    + Arrays.toString(observed) + " ([] being all); observe in config.json is not the run's own");
        }
        getParameters(tensors, "policy", learner.policy().parameters(), learner.theta());
        if (learner.normalizer().enabled()) {
            getMoments(tensors, "normalizer", learner.normalizer().moments());
            learner.normalizer().refresh();
        }
        int valueParameters = learner.critic().theta().length;
        getParameters(tensors, "value", learner.critic().network().parameters(), learner.critic().theta());
        double[] shiftScale = get(tensors, "value.shift_scale", 2);
        learner.critic().setScale(shiftScale[0], shiftScale[1]);
        getMoments(tensors, "value.targets", learner.critic().targetMoments());
        System.arraycopy(get(tensors, "adam.first_moment", valueParameters), 0,
                learner.critic().adam().firstMoment(), 0, valueParameters);
        System.arraycopy(get(tensors, "adam.second_moment", valueParameters), 0,
                learner.critic().adam().secondMoment(), 0, valueParameters);
        learner.critic().adam().setSteps(counters.adamSteps());
        double[] drawn = get(tensors, "actions.drawn", learner.drawn().length);
        for (int env = 0; env < drawn.length; env++) {
            learner.drawn()[env] = (long) drawn[env];
        }
        learner.setCounters(counters.iterations(), counters.episodes());
    }

    private static void putParameters(
            Map<String, Tensor> tensors, String prefix, List<Parameter> parameters, double[] theta) {
        for (Parameter parameter : parameters) {
            double[] data = Arrays.copyOfRange(theta, parameter.offset(), parameter.offset() + parameter.size());
            tensors.put(prefix + "." + parameter.name(), new Tensor(parameter.shape(), data));
        }
    }

    private static void getParameters(
            Map<String, Tensor> tensors, String prefix, List<Parameter> parameters, double[] theta) {
        for (Parameter parameter : parameters) {
            double[] data = get(tensors, prefix + "." + parameter.name(), parameter.size());
            System.arraycopy(data, 0, theta, parameter.offset(), data.length);
        }
    }

    private static void putMoments(Map<String, Tensor> tensors, String prefix, RunningMoments moments) {
        tensors.put(prefix + ".count", vector(moments.count()));
        tensors.put(prefix + ".mean", vector(moments.mean()));
        tensors.put(prefix + ".squares", vector(moments.squares()));
    }

    private static void getMoments(Map<String, Tensor> tensors, String prefix, RunningMoments moments) {
        int width = moments.mean().length;
        moments.set(get(tensors, prefix + ".count", 1)[0], get(tensors, prefix + ".mean", width),
                get(tensors, prefix + ".squares", width));
    }

    private static double[] get(Map<String, Tensor> tensors, String name, int length) {
        Tensor tensor = tensors.get(name);
        if (tensor == null || tensor.data().length != length) {
            throw new IllegalArgumentException(name + " should hold " + length + " numbers, but "
                    + (tensor == null ? "is missing" : "holds " + tensor.data().length));
        }
        return tensor.data();
    }

    private static String integers(double[] values) {
        return Arrays.toString(Arrays.stream(values).mapToInt(value -> (int) value).toArray());
    }

    private static Tensor vector(double... data) {
        return new Tensor(new int[] {data.length}, data.clone());
    }
}
