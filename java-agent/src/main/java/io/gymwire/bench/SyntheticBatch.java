// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CategoricalPolicy;
import io.gymwire.run.Learner;
import io.gymwire.run.TrainConfig;
import io.gymwire.trpo.Batch;
import org.ejml.data.DMatrixRMaj;

/** A batch of an environment's sizes: what an update costs depends on the sizes and hardly on the numbers. */
final class SyntheticBatch {

    private SyntheticBatch() {}

    /**
     * Draws a batch as at the beginning of training: normalised observations, actions from a policy whose mean is near
     * zero, advantages that say nothing.
     */
    static Batch of(TrainConfig config, Learner learner) {
        int rows = config.batch();
        RandomStream random = new RandomStream(config.seed(), Role.EVALUATION, 0);
        DMatrixRMaj observations = new DMatrixRMaj(rows, learner.encoder().size());
        fill(observations.data, random, 1);
        DMatrixRMaj actions = new DMatrixRMaj(rows, learner.policy().actionSize());
        RandomStream choice = new RandomStream(config.seed(), Role.EVALUATION, 1);
        if (learner.policy() instanceof CategoricalPolicy categorical) {
            for (int row = 0; row < rows; row++) {
                actions.data[row] = choice.below(categorical.network().outputSize(), row);
            }
        } else {
            fill(actions.data, choice, StrictMath.exp(config.initLogStd()));
        }
        double[] advantages = new double[rows];
        double[] values = new double[rows];
        double[] returns = new double[rows];
        fill(advantages, new RandomStream(config.seed(), Role.EVALUATION, 2), 1);
        fill(values, new RandomStream(config.seed(), Role.EVALUATION, 3), 1);
        for (int row = 0; row < rows; row++) {
            returns[row] = values[row] + advantages[row];
        }
        return Batch.onPolicy(observations, actions, advantages, values, returns);
    }

    private static void fill(double[] values, RandomStream random, double scale) {
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * random.gaussian(i);
        }
    }
}
