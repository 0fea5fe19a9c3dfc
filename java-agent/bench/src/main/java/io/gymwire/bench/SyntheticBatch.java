// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import org.ejml.data.DMatrixRMaj;

/**
 * A batch of random numbers with the array sizes of a run's batch. The cost of an update depends on these sizes and
 * hardly on the values.
 *
 * @param values the predictions of a critic, one for each row of the batch
 * @param returns the critic's targets, one for each row of the batch
 */
record SyntheticBatch(Batch batch, double[] values, double[] returns) {

    /**
     * Draws a batch as at the beginning of training: normalised observations, actions from a policy whose outputs are
     * zero, random advantages.
     */
    static SyntheticBatch of(RunConfig config, Learner learner) {
        int rows = config.get(RolloutSettings.BATCH);
        RandomStream random = new RandomStream(config.get(RunSettings.SEED), Role.EVALUATION, 0);
        DMatrixRMaj observations = new DMatrixRMaj(rows, learner.encoder().size());
        fill(observations.data, random, 1);
        DMatrixRMaj actions =
                actions(learner, rows, new RandomStream(config.get(RunSettings.SEED), Role.EVALUATION, 1));
        double[] advantages = new double[rows];
        double[] values = new double[rows];
        double[] returns = new double[rows];
        fill(advantages, new RandomStream(config.get(RunSettings.SEED), Role.EVALUATION, 2), 1);
        fill(values, new RandomStream(config.get(RunSettings.SEED), Role.EVALUATION, 3), 1);
        for (int row = 0; row < rows; row++) {
            returns[row] = values[row] + advantages[row];
        }
        return new SyntheticBatch(Batch.onPolicy(observations, actions, advantages), values, returns);
    }

    private static DMatrixRMaj actions(Learner learner, int rows, RandomStream random) {
        Distribution distribution = learner.policy().distribution();
        DMatrixRMaj zeros = new DMatrixRMaj(rows, distribution.outputSize());
        DistributionInputs inputs = new DistributionInputs(
                learner.theta(), learner.policy().network().parameterCount(), zeros);
        DMatrixRMaj actions = new DMatrixRMaj(rows, distribution.actionSize());
        for (int row = 0; row < rows; row++) {
            distribution.sample(inputs, row, random, row, actions, row);
        }
        return actions;
    }

    private static void fill(double[] values, RandomStream random, double scale) {
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * random.gaussian(i);
        }
    }
}
