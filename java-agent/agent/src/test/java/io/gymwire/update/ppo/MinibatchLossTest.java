// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import static io.gymwire.testing.Tolerances.DIFFERENCE_STEP;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.FINITE_DIFFERENCE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.rollout.Batch;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import io.gymwire.update.natural.Updates;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares the sums over a minibatch with sums in a simple loop over its rows, and the loss's gradient with finite
 * differences.
 */
final class MinibatchLossTest {

    private static final double EPS = 0.1;
    private static final double ENTROPY = 0.03;
    private static final double BETA = 0.7;

    @ParameterizedTest
    @CsvSource({
        "categorical_3_16_5, false",
        "categorical_3_16_5, true",
        "gaussian_entropy_5_7_3_2, false",
        "gaussian_entropy_5_7_3_2, true",
        "clipped_gaussian_4_9_3, false",
        "bernoulli_entropy_3_7_4, true",
        "product_5_9_11, false",
        "product_5_9_11, true"
    })
    void surrogateAndDivergenceAndGradientAgreeWithTheDefinitionOfTheLoss(String name, boolean penalised) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] old = golden.input("theta");
        double[] theta = Updates.moved(old, 0.02, golden.input("v1"));
        double[] advantages = golden.input("advantages");
        double[] weights = new Random(3).doubles(golden.samples(), 0.5, 2).toArray();
        int[] order = new Random(4)
                .ints(0, golden.samples())
                .distinct()
                .limit(golden.samples())
                .toArray();
        MinibatchLoss.Rows rows = new MinibatchLoss.Rows(order, 3, golden.samples() - 2);
        Definition definition = new Definition(golden, advantages, weights, rows, penalised);

        Surrogate surrogate =
                new Surrogate(golden.policy(), 0).prepare(old, golden.observations(), golden.actions(), advantages);
        MinibatchLoss loss =
                new MinibatchLoss(golden.policy(), new MinibatchLoss.Shape(EPS, ENTROPY, penalised), golden.samples());
        loss.prepare(new Batch(golden.observations(), golden.actions(), advantages, weights), advantages, surrogate);
        double[] gradient = new double[theta.length];
        MinibatchLoss.Sums sums = loss.differentiate(theta, rows, BETA, gradient);

        definition.at(theta);
        assertClose(definition.surrogate, sums.surrogate(), DISTRIBUTION, "surrogate");
        assertClose(definition.divergence, sums.divergence(), 1e-11, "KL");
        assertEquals(definition.beyond, sums.clipped());
        assertTrue(definition.beyond > 0 && definition.beyond < rows.count(), definition.beyond + " beyond the range");
        double[] expected = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double middle = theta[i];
            theta[i] = middle + DIFFERENCE_STEP;
            double up = definition.at(theta);
            theta[i] = middle - DIFFERENCE_STEP;
            expected[i] = (up - definition.at(theta)) / (2 * DIFFERENCE_STEP);
            theta[i] = middle;
        }
        assertClose(expected, gradient, FINITE_DIFFERENCE, "gradient");
    }

    /** The loss by the formulas of {@link MinibatchLoss}, computed in one loop over the rows of the minibatch. */
    private static final class Definition {
        private final GoldenUpdate golden;
        private final double[] advantages;
        private final double[] weights;
        private final MinibatchLoss.Rows rows;
        private final boolean penalised;
        private double surrogate;
        private double divergence;
        private int beyond;

        private Definition(
                GoldenUpdate golden,
                double[] advantages,
                double[] weights,
                MinibatchLoss.Rows rows,
                boolean penalised) {
            this.golden = golden;
            this.advantages = advantages;
            this.weights = weights;
            this.rows = rows;
            this.penalised = penalised;
        }

        private double at(double[] theta) {
            int all = golden.samples();
            DistributionInputs old = golden.inputs(golden.input("theta"));
            DistributionInputs now = golden.inputs(theta);
            double[] oldLogs = new double[all];
            double[] logs = new double[all];
            double[] divergences = new double[all];
            double[] entropies = new double[all];
            golden.distribution().logProbability(old, golden.actions(), oldLogs, 0, all);
            golden.distribution().logProbability(now, golden.actions(), logs, 0, all);
            golden.distribution().divergence(old, now, divergences, 0, all);
            golden.distribution().entropy(now, entropies, 0, all);
            surrogate = 0;
            divergence = 0;
            beyond = 0;
            double entropy = 0;
            for (int i = rows.from(); i < rows.to(); i++) {
                int row = rows.order()[i];
                double ratio = weights[row] * Math.exp(logs[row] - oldLogs[row]);
                double inside = Math.max(weights[row] - EPS, Math.min(weights[row] + EPS, ratio));
                double advantage = advantages[row];
                surrogate += penalised ? ratio * advantage : Math.min(ratio * advantage, inside * advantage);
                beyond += inside == ratio ? 0 : 1;
                divergence += divergences[row];
                entropy += entropies[row];
            }
            double sum = -surrogate - ENTROPY * entropy + (penalised ? BETA * divergence : 0);
            return sum / rows.count();
        }
    }
}
