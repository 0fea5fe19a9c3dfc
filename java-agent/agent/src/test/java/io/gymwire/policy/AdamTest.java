// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.net.Activations;
import io.gymwire.net.Mlp;
import io.gymwire.testing.Golden;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class AdamTest {
    private final Golden golden = Golden.read("adam");
    private final Mlp network = new Mlp(3, 8, 1);
    private final double[] theta = golden.array("inputs", "theta_initial");
    private final double[] targets = golden.array("inputs", "targets");
    private final int rows = targets.length;
    private final Activations activations =
            network.activations(new DMatrixRMaj(rows, 3, true, golden.array("inputs", "observations")));

    @Test
    void stepsOfAdamOnACriticAgreeWithTheIndependentImplementation() {
        Adam adam = new Adam(theta.length, golden.number("meta", "learning_rate"));
        double[] losses = golden.array("outputs", "losses");
        for (int step = 0; step < losses.length; step++) {
            double[] gradient = new double[theta.length];
            assertClose(losses[step], lossAndGradient(gradient), DISTRIBUTION, "loss before step " + step);
            if (step == 0) {
                assertClose(golden.array("outputs", "gradient_initial"), gradient, DERIVATIVE, "gradient");
            }
            adam.step(theta, gradient);
        }
        assertClose(golden.array("outputs", "theta_final"), theta, DERIVATIVE, "theta");
        assertEquals(losses.length, adam.steps());
    }

    @Test
    void theFirstStepIsMinusTheLearningRateTimesTheSignOfTheGradient() {
        double[] parameters = {1, 1, 1};
        new Adam(3, 0.01).step(parameters, new double[] {5, -1e3, 0});
        assertEquals(0.99, parameters[0], 1e-7);
        assertEquals(1.01, parameters[1], 1e-7);
        assertEquals(1, parameters[2]);
    }

    @Test
    void continuesFromRestoredMoments() {
        double[] theta = {1, 2};
        Adam adam = new Adam(2, 0.1);
        adam.step(theta, new double[] {0.5, -0.5});
        adam.step(theta, new double[] {3, -1});
        Adam restored = new Adam(2, 0.1);
        System.arraycopy(adam.firstMoment(), 0, restored.firstMoment(), 0, 2);
        System.arraycopy(adam.secondMoment(), 0, restored.secondMoment(), 0, 2);
        restored.setSteps(adam.steps());
        double[] copy = theta.clone();
        adam.step(theta, new double[] {1, 2});
        restored.step(copy, new double[] {1, 2});
        assertArrayEquals(theta, copy);
    }

    @Test
    void theLearningRateCanChange() {
        double[] full = {1, 2};
        double[] half = {1, 2};
        Adam adam = new Adam(2, 0.1);
        Adam changed = new Adam(2, 0.7);
        changed.setLearningRate(0.05);
        adam.step(full, new double[] {0.5, -3});
        changed.step(half, new double[] {0.5, -3});
        assertEquals((1 + full[0]) / 2, half[0], 1e-15);
        assertEquals((2 + full[1]) / 2, half[1], 1e-15);
    }

    private double lossAndGradient(double[] gradient) {
        network.forward(theta, activations, 0, rows);
        double[] slopes = new double[rows];
        double loss = 0;
        for (int i = 0; i < rows; i++) {
            double error = activations.output().data[i] - targets[i];
            slopes[i] = 2 * error / rows;
            loss += error * error / rows;
        }
        double[] transposed = new double[theta.length];
        network.transposeWeights(theta, transposed);
        network.backward(transposed, activations, slopes, gradient, 0, rows);
        return loss;
    }
}
