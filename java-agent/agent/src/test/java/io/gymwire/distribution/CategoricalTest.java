// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class CategoricalTest {
    private static final double[] NO_THETA = {};

    private final Random random = new Random(6);
    private final RandomStream stream = new RandomStream(6, RandomStream.Role.ACTION, 0);

    @Test
    void logProbabilitiesAndDivergenceAndEntropyFollowTheirDefinitions() {
        Categorical distribution = new Categorical(4);
        DMatrixRMaj old =
                new DMatrixRMaj(50, 4, true, random.doubles(200, -3, 3).toArray());
        DMatrixRMaj next =
                new DMatrixRMaj(50, 4, true, random.doubles(200, -3, 3).toArray());
        double[] divergences = new double[50];
        double[] entropies = new double[50];
        distribution.divergence(inputs(old), inputs(next), divergences, 0, 50);
        distribution.entropy(inputs(old), entropies, 0, 50);
        for (int row = 0; row < 50; row++) {
            double[] p = probabilities(old, row);
            double[] q = probabilities(next, row);
            double divergence = 0;
            double entropy = 0;
            for (int j = 0; j < 4; j++) {
                divergence += p[j] * Math.log(p[j] / q[j]);
                entropy -= p[j] * Math.log(p[j]);
                assertEquals(Math.log(p[j]), logProbability(distribution, old, row, j), DISTRIBUTION);
            }
            assertEquals(divergence, divergences[row], DISTRIBUTION);
            assertEquals(entropy, entropies[row], DISTRIBUTION);
        }
    }

    @Test
    void extremeLogitsGiveTheRightDivergenceAndEntropyAndLogProbabilities() {
        Categorical distribution = new Categorical(3);
        DMatrixRMaj sure = new DMatrixRMaj(1, 3, true, 1000, -1000, 0);
        DMatrixRMaj other = new DMatrixRMaj(1, 3, true, -1000, 1000, 0);
        assertEquals(0, logProbability(distribution, sure, 0, 0));
        assertEquals(-2000, logProbability(distribution, sure, 0, 1));
        assertEquals(-1000, logProbability(distribution, sure, 0, 2));
        double[] out = new double[1];
        distribution.entropy(inputs(sure), out, 0, 1);
        assertEquals(0, out[0], 0);
        distribution.divergence(inputs(sure), inputs(other), out, 0, 1);
        assertEquals(2000, out[0], 2000 * DISTRIBUTION);
        distribution.divergence(inputs(sure), inputs(sure), out, 0, 1);
        assertEquals(0, out[0], 0);
    }

    @Test
    void extremeLogitsHaveFiniteDerivatives() {
        Categorical distribution = new Categorical(3);
        DMatrixRMaj sure = new DMatrixRMaj(1, 3, true, 1000, -1000, 0);
        double[] gradient = new double[3];
        distribution.gradient(
                inputs(sure),
                new Distribution.Objective(new DMatrixRMaj(1, 1, true, 1), new double[] {2}, 0.5),
                gradient,
                NO_THETA,
                0,
                1);
        assertEquals(-2, gradient[0]);
        assertEquals(2, gradient[1]);
        assertEquals(0, gradient[2], 0);
        double[] tangent = {3, 4, 5};
        double[] weights = new double[tangent.length];
        distribution.fisher(inputs(sure), weights, 0, 1);
        distribution.multiplyFisher(inputs(sure), weights, tangent, 1, 0, 1);
        for (double element : tangent) {
            assertEquals(0, element, 0);
        }
    }

    @Test
    void extremeLogitsAlwaysGiveTheActionWithProbabilityOne() {
        Categorical distribution = new Categorical(3);
        DMatrixRMaj action = new DMatrixRMaj(1, 1);
        for (int sure = 0; sure < 3; sure++) {
            DMatrixRMaj logits = new DMatrixRMaj(1, 3, true, -1000, -1000, -1000);
            logits.data[sure] = 1000;
            for (int step = 0; step < 1000; step++) {
                distribution.sample(inputs(logits), 0, stream, step, action, 0);
                assertEquals(sure, action.data[0]);
            }
            distribution.mode(inputs(logits), 0, action, 0);
            assertEquals(sure, action.data[0]);
        }
    }

    @Test
    void actionsAreDrawnWithTheirProbabilities() {
        int draws = 100_000;
        Categorical distribution = new Categorical(4);
        DMatrixRMaj logits = new DMatrixRMaj(2, 4, true, 9, 9, 9, 9, 0.5, -1, 2, 0);
        DMatrixRMaj actions = new DMatrixRMaj(3, 1, true, -7, -7, -7);
        double[] counts = new double[4];
        for (int step = 0; step < draws; step++) {
            distribution.sample(inputs(logits), 1, stream, step, actions, 2);
            counts[(int) actions.data[2]]++;
        }
        double[] p = probabilities(logits, 1);
        for (int j = 0; j < 4; j++) {
            assertEquals(p[j], counts[j] / draws, 5 * Math.sqrt(p[j] * (1 - p[j]) / draws), "action " + j);
        }
        assertEquals(-7, actions.data[0]);
        assertEquals(-7, actions.data[1]);
    }

    @Test
    void modeIsTheMostProbableAction() {
        Categorical distribution = new Categorical(4);
        DMatrixRMaj action = new DMatrixRMaj(2, 1);
        distribution.mode(inputs(new DMatrixRMaj(2, 4, true, 9, 0, 0, 0, -3, -1, -2, -1)), 1, action, 1);
        assertEquals(1, action.data[1], "the first of equally probable actions");
    }

    @Test
    void hasNoParametersAndNoMetricsOfItsOwn() {
        Categorical distribution = new Categorical(3);
        assertEquals(0, distribution.parameterCount());
        MetricValues values = new MetricValues(List.of(DistributionMetrics.GROUP));
        distribution.measure(NO_THETA, 0, values);
        assertTrue(Double.isNaN(values.get(DistributionMetrics.STD)));
    }

    private static DistributionInputs inputs(DMatrixRMaj logits) {
        return new DistributionInputs(NO_THETA, 0, logits);
    }

    private static double logProbability(Categorical distribution, DMatrixRMaj logits, int row, int choice) {
        double[] out = new double[logits.numRows];
        DMatrixRMaj actions = new DMatrixRMaj(logits.numRows, 1);
        actions.data[row] = choice;
        distribution.logProbability(inputs(logits), actions, out, row, row + 1);
        return out[row];
    }

    private static double[] probabilities(DMatrixRMaj logits, int row) {
        double[] p = new double[logits.numCols];
        double sum = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(logits.get(row, j));
            sum += p[j];
        }
        for (int j = 0; j < p.length; j++) {
            p[j] /= sum;
        }
        return p;
    }
}
