// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.checkpoint.Safetensors.Contents;
import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.files.InputFile;
import io.gymwire.learn.RunConfig;
import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.RecentRollouts;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/**
 * The file of the older rollouts that the next update reuses. Its arrays have names such as
 * {@code 0.observations}. The number is the rollout's age, 0 for the newest. Observations are stored without
 * normalisation, because each update normalises them again.
 */
final class RolloutsFile {

    /**
     * The maximum size of the numbers: 2 GiB minus 1 MiB for the header. The file is read into one array, which can
     * have at most 2 GiB.
     */
    private static final long MAX_BYTES = (1L << 31) - (1L << 20);

    private static final int TERMINATED = 1;
    private static final int TRUNCATED = 2;

    private RolloutsFile() {}

    /**
     * Refuses a run if the rollouts that its updates reuse can become too large for this file.
     *
     * @throws IllegalArgumentException with a message that names the remedy
     */
    static void requireRoom(RunConfig config, int observationSize, int actionSize) {
        // A transition has its observation, at most one final observation (after a truncation), its action, and at most
        // four numbers: reward, log-probability, ending, and the index of the final observation. The sum below has a
        // fifth number, as room for the last observations. (Each environment has one last observation, after the last
        // step of the rollout.) The last observations can also use the room for final observations, because usually
        // most transitions have no final observation.
        long transition = 2L * observationSize + actionSize + 5;
        long bytes =
                Double.BYTES * transition * config.get(RolloutSettings.BATCH) * (config.get(RolloutSettings.REUSE) - 1);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("the rollouts to reuse may take " + (bytes >> 20) + " MiB, but a"
                    + " checkpoint can store " + (MAX_BYTES >> 20) + " MiB; choose a smaller --batch or --reuse");
        }
    }

    /** Writes the file and returns its SHA-256. */
    static String write(Path path, RecentRollouts recent) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int age = 0; age < recent.size(); age++) {
            Rollout rollout = recent.get(age);
            String prefix = age + ".";
            tensors.put(prefix + "observations", matrix(rollout.rawObservations()));
            tensors.put(prefix + "last_observations", matrix(rollout.rawLastObservations()));
            tensors.put(prefix + "actions", matrix(rollout.actions()));
            tensors.put(prefix + "rewards", vector(rollout.rewards()));
            tensors.put(prefix + "log_probabilities", vector(rollout.logProbabilities()));
            tensors.put(prefix + "endings", vector(endings(rollout)));
            List<Rollout.Final> finals = rollout.finals();
            tensors.put(
                    prefix + "final_indices",
                    vector(finals.stream().mapToDouble(Rollout.Final::index).toArray()));
            tensors.put(prefix + "final_observations", finals(finals, rollout.rawObservations().numCols));
        }
        return Safetensors.write(path, tensors, Map.of());
    }

    /**
     * Reads the file.
     *
     * @param bytes the file's content
     */
    static Contents read(InputFile file, byte[] bytes) throws IOException {
        Contents contents = Safetensors.read(file, bytes);
        for (Map.Entry<String, Tensor> entry : contents.tensors().entrySet()) {
            if (!Vectors.isFinite(entry.getValue().data())) {
                throw file.unusable(entry.getKey() + " contains a number that is not finite", null);
            }
        }
        return contents;
    }

    /**
     * Copies the rollouts from the content of a file.
     *
     * @param count the expected number of rollouts
     * @param recent empty before the call; receives the rollouts
     * @throws IllegalArgumentException if an array does not have the size that a rollout of this run needs, or if the
     *     content contains an impossible ending or index
     */
    static void fill(Contents contents, int count, RecentRollouts recent) {
        for (int age = count - 1; age >= 0; age--) {
            fill(recent.next(), contents, age + ".");
            recent.keep();
        }
    }

    private static void fill(Rollout rollout, Contents contents, String prefix) {
        copy(contents, prefix + "observations", rollout.rawObservations().data);
        copy(contents, prefix + "last_observations", rollout.rawLastObservations().data);
        copy(contents, prefix + "actions", rollout.actions().data);
        copy(contents, prefix + "rewards", rollout.rewards());
        copy(contents, prefix + "log_probabilities", rollout.logProbabilities());
        double[] endings = new double[rollout.size()];
        copy(contents, prefix + "endings", endings);
        for (int i = 0; i < endings.length; i++) {
            int ending = (int) endings[i];
            if (ending != endings[i] || ending < 0 || ending > TERMINATED + TRUNCATED) {
                throw new IllegalArgumentException(prefix + "endings contains " + endings[i]);
            }
            rollout.terminated()[i] = (ending & TERMINATED) != 0;
            rollout.truncated()[i] = (ending & TRUNCATED) != 0;
        }
        double[] indices = contents.tensor(prefix + "final_indices").data();
        int width = rollout.rawObservations().numCols;
        double[] observations = new double[indices.length * width];
        copy(contents, prefix + "final_observations", observations);
        rollout.finals().clear();
        for (int i = 0; i < indices.length; i++) {
            int index = (int) indices[i];
            boolean ascending = i == 0 || indices[i] > indices[i - 1];
            boolean valid = index == indices[i] && index >= 0 && index < rollout.size();
            if (!ascending || !valid || !rollout.truncated()[index]) {
                throw new IllegalArgumentException(prefix + "final_indices contains " + indices[i] + " at " + i);
            }
            double[] raw = Arrays.copyOfRange(observations, i * width, (i + 1) * width);
            rollout.finals().add(new Rollout.Final(index, raw, new double[width]));
        }
    }

    private static void copy(Contents contents, String name, double[] to) {
        System.arraycopy(Safetensors.numbers(contents.tensors(), name, to.length), 0, to, 0, to.length);
    }

    private static double[] endings(Rollout rollout) {
        double[] endings = new double[rollout.size()];
        for (int i = 0; i < endings.length; i++) {
            endings[i] = (rollout.terminated()[i] ? TERMINATED : 0) + (rollout.truncated()[i] ? TRUNCATED : 0);
        }
        return endings;
    }

    private static Tensor finals(List<Rollout.Final> finals, int width) {
        double[] rows = new double[finals.size() * width];
        for (int i = 0; i < finals.size(); i++) {
            System.arraycopy(finals.get(i).raw(), 0, rows, i * width, width);
        }
        return new Tensor(new int[] {finals.size(), width}, rows);
    }

    private static Tensor matrix(DMatrixRMaj matrix) {
        return new Tensor(new int[] {matrix.numRows, matrix.numCols}, matrix.data);
    }

    private static Tensor vector(double[] data) {
        return new Tensor(new int[] {data.length}, data);
    }
}
