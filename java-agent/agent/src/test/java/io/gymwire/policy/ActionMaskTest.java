// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.net.Activations;
import io.gymwire.net.Mlp;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A policy with a mask is a softmax over the allowed choices. The expected values are computed by this definition. */
class ActionMaskTest {

    private static final int ROWS = 60;
    private static final int QUANTITIES = 3;
    private static final int CHOICES = 5;
    private static final double ROUNDING = 1e-13;

    private final Policy policy = new Policy(
            new Mlp(QUANTITIES + CHOICES, 7, CHOICES),
            new Categorical(CHOICES),
            ActionMask.of(new int[] {CHOICES}, QUANTITIES, CHOICES));
    private final DMatrixRMaj observations = new DMatrixRMaj(ROWS, QUANTITIES + CHOICES);
    private final DMatrixRMaj actions = new DMatrixRMaj(ROWS, 1);
    private final Random random = new Random(3);
    private DistributionInputs inputs;
    private DistributionInputs others;

    @BeforeEach
    void makeStates() {
        for (int row = 0; row < ROWS; row++) {
            for (int j = 0; j < QUANTITIES; j++) {
                observations.set(row, j, random.nextGaussian());
            }
            int certain = random.nextInt(CHOICES);
            for (int j = 0; j < CHOICES; j++) {
                observations.set(row, QUANTITIES + j, j == certain || random.nextBoolean() ? 1 : 0);
            }
            actions.set(row, 0, certain);
        }
        inputs = inputs();
        others = inputs();
    }

    private DistributionInputs inputs() {
        double[] theta = random.doubles(policy.parameterCount(), -1, 1).toArray();
        Activations activations = policy.network().activations(observations);
        policy.forward(theta, activations, 0, ROWS);
        return policy.inputs(theta, activations);
    }

    /** The probability of each allowed choice, and 0 for each forbidden choice. */
    private double[] probabilities(DistributionInputs of, int row) {
        double[] p = new double[CHOICES];
        double sum = 0;
        for (int j = 0; j < CHOICES; j++) {
            p[j] = allowed(row, j) ? Math.exp(of.outputs().get(row, j)) : 0;
            sum += p[j];
        }
        for (int j = 0; j < CHOICES; j++) {
            p[j] /= sum;
        }
        return p;
    }

    private boolean allowed(int row, int choice) {
        return observations.get(row, QUANTITIES + choice) == 1;
    }

    private static double entropy(double[] p) {
        double sum = 0;
        for (double one : p) {
            sum -= one == 0 ? 0 : one * Math.log(one);
        }
        return sum;
    }

    @Test
    void probabilityAndEntropyAndDivergenceUseOnlyTheAllowedChoices() {
        double[] log = new double[ROWS];
        double[] entropy = new double[ROWS];
        double[] divergence = new double[ROWS];
        policy.distribution().logProbability(inputs, actions, log, 0, ROWS);
        policy.distribution().entropy(inputs, entropy, 0, ROWS);
        policy.distribution().divergence(inputs, others, divergence, 0, ROWS);
        for (int row = 0; row < ROWS; row++) {
            double[] p = probabilities(inputs, row);
            double[] q = probabilities(others, row);
            double expected = 0;
            for (int j = 0; j < CHOICES; j++) {
                expected += p[j] == 0 ? 0 : p[j] * Math.log(p[j] / q[j]);
            }
            assertEquals(Math.log(p[(int) actions.get(row, 0)]), log[row], ROUNDING);
            assertEquals(entropy(p), entropy[row], ROUNDING);
            assertEquals(expected, divergence[row], ROUNDING);
        }
    }

    @Test
    void gradientAndFisherProductLeaveForbiddenLogitsOut() {
        double[] weights = random.doubles(ROWS, -1, 1).toArray();
        double[] tangents = random.doubles(ROWS * CHOICES, -1, 1).toArray();
        double[] products = tangents.clone();
        double[] gradient = new double[ROWS * CHOICES];
        double[] fisher = new double[ROWS * CHOICES];
        Distribution distribution = policy.distribution();
        distribution.gradient(
                inputs, new Distribution.Objective(actions, weights, 0.1), gradient, new double[0], 0, ROWS);
        distribution.fisher(inputs, fisher, 0, ROWS);
        distribution.multiplyFisher(inputs, fisher, products, 2, 0, ROWS);
        for (int row = 0; row < ROWS; row++) {
            double[] p = probabilities(inputs, row);
            double h = entropy(p);
            double mean = 0;
            for (int j = 0; j < CHOICES; j++) {
                mean += p[j] * tangents[row * CHOICES + j];
            }
            for (int j = 0; j < CHOICES; j++) {
                double chosen = j == actions.get(row, 0) ? 1 : 0;
                double ofEntropy = p[j] == 0 ? 0 : -p[j] * (Math.log(p[j]) + h);
                int i = row * CHOICES + j;
                assertEquals(weights[row] * (chosen - p[j]) + 0.1 * ofEntropy, gradient[i], ROUNDING);
                assertEquals(2 * p[j] * (tangents[i] - mean), products[i], ROUNDING);
            }
        }
    }

    @Test
    void aForbiddenActionIsNeverChosen() {
        RandomStream stream = new RandomStream(4, Role.EVALUATION, 0);
        DMatrixRMaj drawn = new DMatrixRMaj(1, 1);
        int[] seen = new int[CHOICES];
        for (int step = 0; step < 6000; step++) {
            policy.distribution().sample(inputs, step % ROWS, stream, step, drawn, 0);
            assertTrue(allowed(step % ROWS, (int) drawn.get(0)));
            seen[(int) drawn.get(0)]++;
        }
        for (int row = 0; row < ROWS; row++) {
            policy.distribution().mode(inputs, row, drawn, 0);
            assertTrue(allowed(row, (int) drawn.get(0)));
        }
        for (int count : seen) {
            assertTrue(count > 0);
        }
    }

    @Test
    void aMaskIsCheckedForEachElementOfAnAction() {
        ActionMask mask = ActionMask.of(new int[] {2, 3}, 1, 5);
        mask.check(new DMatrixRMaj(1, 6, true, 9, 1, 0, 0, 0, 1), 0);
        assertRefused(mask, "no choice for element 1", 9, 1, 0, 0, 0, 0);
        assertRefused(mask, "no choice for element 0", 9, 0, 0, 1, 1, 1);
        assertRefused(mask, "contains 0.5", 9, 1, 0, 0.5, 1, 1);
        assertRefused(mask, "contains NaN", 9, 1, 0, Double.NaN, 1, 1);
        String message = assertThrows(IllegalArgumentException.class, () -> ActionMask.of(new int[] {2, 3}, 1, 4))
                .getMessage();
        assertTrue(message.contains("4 numbers") && message.contains("5 choices"), message);
    }

    private static void assertRefused(ActionMask mask, String words, double... observation) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> mask.check(new DMatrixRMaj(1, observation.length, true, observation), 0))
                .getMessage();
        assertTrue(message.contains(words), message);
    }
}
