// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.gymwire.policy.Mlp;
import io.gymwire.policy.RunningMoments;
import io.gymwire.run.Safetensors.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A learner on disk: {@code step_000102400.safetensors} with every number, {@code step_000102400.json} with the
 * counters, and {@code latest}, a text file that names the newest pair.
 *
 * <p>Each file is written under another name and then renamed, {@code latest} last: whatever the moment of an
 * interruption, {@code latest} names a complete pair.
 */
public final class Checkpoint {

    private static final String LATEST = "latest";
    private static final int FORMAT = 1;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    /** The JSON file beside the tensors. */
    private record Counters(
            int format, String envId, long seed, long totalTimesteps, long iterations, long episodes, long adamSteps) {}

    private Checkpoint() {}

    /** Writes a checkpoint into a directory, which is made if it does not exist. */
    public static void save(Path directory, Learner learner, TrainConfig config) throws IOException {
        long steps = learner.iterations() * config.batch();
        String stem = String.format(Locale.ROOT, "step_%09d", steps);
        Files.createDirectories(directory);
        Safetensors.write(
                directory.resolve(stem + ".safetensors"), tensors(learner), Map.of("format", "gymwire-" + FORMAT));
        Counters counters = new Counters(
                FORMAT,
                config.envId(),
                config.seed(),
                steps,
                learner.iterations(),
                learner.episodes(),
                learner.critic().adam().steps());
        AtomicFiles.write(
                directory.resolve(stem + ".json"), (GSON.toJson(counters) + "\n").getBytes(StandardCharsets.UTF_8));
        AtomicFiles.write(directory.resolve(LATEST), (stem + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the newest checkpoint of a directory into a learner of the same shape.
     *
     * @throws IOException when there is none, or it is not one of this learner's shape
     */
    public static void loadLatest(Path directory, Learner learner) throws IOException {
        Path latest = directory.resolve(LATEST);
        if (!Files.isRegularFile(latest)) {
            throw new IOException(
                    directory + " holds no checkpoint; the run may have ended before its first one, train it again");
        }
        String stem = Files.readString(latest).strip();
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
        Map<String, Tensor> tensors = Safetensors.read(directory.resolve(stem + ".safetensors")).tensors();
        try {
            restore(tensors, counters, learner);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "checkpoint " + directory.resolve(stem) + " does not fit this run: " + e.getMessage(), e);
        }
    }

    private static Map<String, Tensor> tensors(Learner learner) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Mlp network = learner.policy().network();
        putNetwork(tensors, "policy", network, learner.theta());
        int extra = learner.theta().length - network.parameterCount();
        if (extra > 0) {
            tensors.put("policy.log_std", slice(learner.theta(), network.parameterCount(), extra));
        }
        if (learner.normalizer().enabled()) {
            putMoments(tensors, "normalizer", learner.normalizer().moments());
        }
        putNetwork(tensors, "value", learner.critic().network(), learner.critic().theta());
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
        Mlp network = learner.policy().network();
        getNetwork(tensors, "policy", network, learner.theta());
        int extra = learner.theta().length - network.parameterCount();
        if (extra > 0) {
            System.arraycopy(
                    get(tensors, "policy.log_std", extra), 0, learner.theta(), network.parameterCount(), extra);
        }
        if (learner.normalizer().enabled()) {
            getMoments(tensors, "normalizer", learner.normalizer().moments());
            learner.normalizer().refresh();
        }
        int valueParameters = learner.critic().theta().length;
        getNetwork(tensors, "value", learner.critic().network(), learner.critic().theta());
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

    private static void putNetwork(Map<String, Tensor> tensors, String prefix, Mlp network, double[] theta) {
        int[] sizes = network.sizes();
        for (int layer = 1; layer < sizes.length; layer++) {
            int in = sizes[layer - 1];
            int out = sizes[layer];
            Tensor weight = slice(theta, network.weightOffset(layer), in * out);
            tensors.put(prefix + "." + layer + ".weight", new Tensor(new int[] {in, out}, weight.data()));
            tensors.put(prefix + "." + layer + ".bias", slice(theta, network.biasOffset(layer), out));
        }
    }

    private static void getNetwork(Map<String, Tensor> tensors, String prefix, Mlp network, double[] theta) {
        int[] sizes = network.sizes();
        for (int layer = 1; layer < sizes.length; layer++) {
            int in = sizes[layer - 1];
            int out = sizes[layer];
            double[] weight = get(tensors, prefix + "." + layer + ".weight", in * out);
            System.arraycopy(weight, 0, theta, network.weightOffset(layer), in * out);
            double[] bias = get(tensors, prefix + "." + layer + ".bias", out);
            System.arraycopy(bias, 0, theta, network.biasOffset(layer), out);
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

    private static Tensor vector(double... data) {
        return new Tensor(new int[] {data.length}, data.clone());
    }

    private static Tensor slice(double[] data, int from, int length) {
        return vector(Arrays.copyOfRange(data, from, from + length));
    }
}
