// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.policy.Mlp;
import io.gymwire.policy.RunningMoments;
import io.gymwire.run.Safetensors.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A learner's numbers as named arrays. */
final class LearnerTensors {

    private static final String OBSERVED = "observed";

    private LearnerTensors() {}

    /** Everything of a learner but its counters. */
    static Map<String, Tensor> of(Learner learner) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Mlp network = learner.policy().network();
        putNetwork(tensors, "policy", network, learner.theta());
        int extra = learner.theta().length - network.parameterCount();
        if (extra > 0) {
            tensors.put("policy.log_std", slice(learner.theta(), network.parameterCount(), extra));
        }
        int[] observed = learner.encoder().observed();
        if (observed.length > 0) {
            tensors.put(OBSERVED, vector(Arrays.stream(observed).asDoubleStream().toArray()));
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

    /**
     * Puts the numbers into a learner of the same shape.
     *
     * @throws IllegalArgumentException if it is of another shape
     */
    static void restore(Map<String, Tensor> tensors, CheckpointCounters counters, Learner learner) {
        int[] observed = learner.encoder().observed();
        double[] saved = tensors.containsKey(OBSERVED) ? tensors.get(OBSERVED).data() : new double[0];
        if (!Arrays.equals(saved, Arrays.stream(observed).asDoubleStream().toArray())) {
            throw new IllegalArgumentException("it observes the elements " + integers(saved) + ", the run "
                    + Arrays.toString(observed) + " ([] being all); observe in config.json is not the run's own");
        }
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

    private static String integers(double[] values) {
        return Arrays.toString(Arrays.stream(values).mapToInt(value -> (int) value).toArray());
    }

    private static Tensor vector(double... data) {
        return new Tensor(new int[] {data.length}, data.clone());
    }

    private static Tensor slice(double[] data, int from, int length) {
        return vector(Arrays.copyOfRange(data, from, from + length));
    }
}
