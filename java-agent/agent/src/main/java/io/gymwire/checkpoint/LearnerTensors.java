// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.learn.BehaviourPolicy;
import io.gymwire.learn.Learner;
import io.gymwire.net.Parameter;
import io.gymwire.policy.RunningMoments;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A learner's numbers as named arrays. */
final class LearnerTensors {

    private static final String OBSERVED = "observed";
    private static final String UPDATE = "update.";
    private static final String BEHAVIOUR = "behaviour";
    private static final String BEHAVIOUR_NORMALIZER = "behaviour_normalizer";

    private LearnerTensors() {}

    /** The numbers of a learner, except those in {@link CheckpointCounters} and the rollouts that are reused. */
    static Map<String, Tensor> of(Learner learner) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        putParameters(tensors, "policy", learner.policy().parameters(), learner.theta());
        int[] observed = learner.encoder().observed();
        if (observed.length > 0) {
            tensors.put(
                    OBSERVED, vector(Arrays.stream(observed).asDoubleStream().toArray()));
        }
        if (learner.normalizer().enabled()) {
            putMoments(tensors, "normalizer", learner.normalizer().moments());
            boolean[] columns = learner.normalizer().columns();
            tensors.put(
                    "normalizer.columns",
                    vector(IntStream.range(0, columns.length)
                            .mapToDouble(j -> columns[j] ? 1 : 0)
                            .toArray()));
        }
        if (learner.lags()) {
            BehaviourPolicy behaviour = learner.behaviour();
            putParameters(tensors, BEHAVIOUR, learner.policy().parameters(), behaviour.theta());
            if (behaviour.normalizer().enabled()) {
                putMoments(tensors, BEHAVIOUR_NORMALIZER, behaviour.normalizer().moments());
            }
        }
        putParameters(
                tensors,
                "value",
                learner.critic().network().parameters(),
                learner.critic().theta());
        tensors.put(
                "value.shift_scale",
                vector(learner.critic().shift(), learner.critic().scale()));
        putMoments(tensors, "value.targets", learner.critic().targetMoments());
        tensors.put("adam.first_moment", vector(learner.critic().adam().firstMoment()));
        tensors.put("adam.second_moment", vector(learner.critic().adam().secondMoment()));
        learner.update().state().forEach((name, numbers) -> tensors.put(UPDATE + name, vector(numbers)));
        double[] drawn = new double[learner.drawn().length];
        for (int env = 0; env < drawn.length; env++) {
            drawn[env] = learner.drawn()[env];
        }
        tensors.put("actions.drawn", vector(drawn));
        return tensors;
    }

    /**
     * Copies saved numbers and counters into a learner.
     *
     * @throws IllegalArgumentException if the arrays do not fit the learner
     */
    static void restore(Map<String, Tensor> tensors, CheckpointCounters counters, Learner learner) {
        int[] observed = learner.encoder().observed();
        double[] saved = tensors.containsKey(OBSERVED) ? tensors.get(OBSERVED).data() : new double[0];
        if (!Arrays.equals(saved, Arrays.stream(observed).asDoubleStream().toArray())) {
            throw new IllegalArgumentException("it observes the elements " + integers(saved) + ", but the run observes "
                    + Arrays.toString(observed) + " ([] means all); the setting observe in config.json does not match");
        }
        getParameters(tensors, "policy", learner.policy().parameters(), learner.theta());
        if (learner.normalizer().enabled()) {
            getMoments(tensors, "normalizer", learner.normalizer().moments());
            learner.normalizer().refresh();
        }
        if (learner.lags()) {
            BehaviourPolicy behaviour = learner.behaviour();
            getParameters(tensors, BEHAVIOUR, learner.policy().parameters(), behaviour.theta());
            if (behaviour.normalizer().enabled()) {
                getMoments(tensors, BEHAVIOUR_NORMALIZER, behaviour.normalizer().moments());
                behaviour.normalizer().refresh();
            }
        }
        int valueParameters = learner.critic().theta().length;
        getParameters(
                tensors,
                "value",
                learner.critic().network().parameters(),
                learner.critic().theta());
        double[] shiftScale = Safetensors.numbers(tensors, "value.shift_scale", 2);
        learner.critic().setScale(shiftScale[0], shiftScale[1]);
        getMoments(tensors, "value.targets", learner.critic().targetMoments());
        System.arraycopy(
                Safetensors.numbers(tensors, "adam.first_moment", valueParameters),
                0,
                learner.critic().adam().firstMoment(),
                0,
                valueParameters);
        System.arraycopy(
                Safetensors.numbers(tensors, "adam.second_moment", valueParameters),
                0,
                learner.critic().adam().secondMoment(),
                0,
                valueParameters);
        learner.critic().adam().setSteps(counters.adamSteps());
        learner.update()
                .state()
                .forEach((name, numbers) -> System.arraycopy(
                        Safetensors.numbers(tensors, UPDATE + name, numbers.length), 0, numbers, 0, numbers.length));
        double[] drawn = Safetensors.numbers(tensors, "actions.drawn", learner.drawn().length);
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
            double[] data = Safetensors.numbers(tensors, prefix + "." + parameter.name(), parameter.size());
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
        moments.set(
                Safetensors.numbers(tensors, prefix + ".count", 1)[0],
                Safetensors.numbers(tensors, prefix + ".mean", width),
                Safetensors.numbers(tensors, prefix + ".squares", width));
    }

    private static String integers(double[] values) {
        return Arrays.toString(
                Arrays.stream(values).mapToInt(value -> (int) value).toArray());
    }

    private static Tensor vector(double... data) {
        return new Tensor(new int[] {data.length}, data.clone());
    }
}
