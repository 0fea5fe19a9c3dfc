// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static io.gymwire.testing.Tolerances.DIFFERENCE_STEP;
import static io.gymwire.testing.Tolerances.FINITE_DIFFERENCE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.testing.GoldenUpdate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the derivatives of all distributions with finite differences. The derivatives are with respect to the
 * network's outputs and to the distribution's own parameters.
 */
final class DistributionDerivativesTest {

    /** One golden case of each distribution. The Gaussian has a second case, with clipped elements. */
    static List<String> cases() {
        return List.of(
                "categorical_3_16_5",
                "gaussian_entropy_5_7_3_2",
                "clipped_gaussian_4_9_3",
                "bernoulli_entropy_3_7_4",
                "product_5_9_11");
    }

    private static final double ENTROPY_WEIGHT = 0.3;

    private final Random random = new Random(5);

    @ParameterizedTest
    @MethodSource("cases")
    void gradientWithRespectToTheOutputsIsTheDerivative(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        DMatrixRMaj outputs = golden.forward(theta).output();
        double[] weights = weights(golden.samples());
        double[] actual = new double[outputs.data.length];
        golden.distribution()
                .gradient(
                        golden.inputs(theta, outputs),
                        objective(golden, weights),
                        actual,
                        new double[theta.length],
                        0,
                        outputs.numRows);
        double[] expected = differences(outputs.data, () -> objective(golden, theta, outputs, weights));
        assertClose(expected, actual, FINITE_DIFFERENCE, "gradient with respect to the outputs");
    }

    @ParameterizedTest
    @CsvSource({
        "categorical_3_16_5, 0",
        "gaussian_entropy_5_7_3_2, 2",
        "clipped_gaussian_4_9_3, 3",
        "bernoulli_entropy_3_7_4, 0",
        "product_5_9_11, 3"
    })
    void gradientForTheDistributionsOwnParametersIsTheDerivativeAndOtherElementsStayZero(String name, int logStds) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        DMatrixRMaj outputs = golden.forward(theta).output();
        double[] weights = weights(golden.samples());
        double[] actual = new double[theta.length];
        golden.distribution()
                .gradient(
                        golden.inputs(theta, outputs),
                        objective(golden, weights),
                        new double[outputs.data.length],
                        actual,
                        0,
                        outputs.numRows);
        // The outputs are fixed, so the network's parameters do not change the objective.
        double[] expected = differences(theta, () -> objective(golden, theta, outputs, weights));
        assertEquals(
                logStds,
                golden.policy().parameterCount() - golden.policy().network().parameterCount());
        for (int i = 0; i < theta.length - logStds; i++) {
            assertEquals(0, actual[i]);
        }
        for (int i = theta.length - logStds; i < theta.length; i++) {
            assertTrue(Math.abs(actual[i]) > 0.1, "each log std must have a gradient that is not near 0");
            assertEquals(expected[i], actual[i], FINITE_DIFFERENCE * Math.abs(expected[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientForARangeOfStatesIsAPartOfTheWholeGradient(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        DMatrixRMaj outputs = golden.forward(theta).output();
        double[] weights = weights(golden.samples());
        double[] whole = new double[outputs.data.length];
        golden.distribution()
                .gradient(
                        golden.inputs(theta, outputs),
                        objective(golden, weights),
                        whole,
                        new double[theta.length],
                        0,
                        outputs.numRows);
        double[] part = new double[3 * outputs.numCols];
        golden.distribution()
                .gradient(
                        golden.inputs(theta, outputs),
                        objective(golden, weights),
                        part,
                        new double[theta.length],
                        4,
                        7);
        for (int i = 0; i < part.length; i++) {
            assertEquals(whole[4 * outputs.numCols + i], part[i]);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void divergenceAndItsSlopeAreZeroAtTheOldParametersAndDivergenceIsNeverNegative(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        assertEquals(0, divergence(golden, theta, theta));
        for (double size : new double[] {1e-9, 1e-6, 1e-3, 1, 30}) {
            double[] up = theta.clone();
            double[] down = theta.clone();
            for (int i = 0; i < theta.length; i++) {
                double step = size * random.nextGaussian() / Math.sqrt(theta.length);
                up[i] += step;
                down[i] -= step;
            }
            // The probabilities are rounded, so the divergence can be below 0 by a few units of 1e-16.
            assertTrue(divergence(golden, theta, up) >= -1e-15, "size " + size);
            assertTrue(size < 1e-3 || divergence(golden, theta, up) > 0, "size " + size);
            if (size <= 1e-3) {
                double slope = (divergence(golden, theta, up) - divergence(golden, theta, down)) / (2 * size);
                assertEquals(0, slope, 10 * size * size + 1e-6, "size " + size);
            }
        }
    }

    /**
     * The divergence is summed over some states of the batch. Its gradients with respect to outputs and theta are added
     * to two arrays that already contain numbers.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfTheDivergenceIsTheDerivative(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta_new");
        DistributionInputs old = golden.inputs(golden.input("theta"));
        DMatrixRMaj outputs = golden.forward(theta).output();
        DistributionInputs next = golden.inputs(theta, outputs);
        int from = 4;
        int to = 11;
        double[] rows = new double[golden.samples()];
        DoubleSupplier function = () -> {
            golden.distribution().divergence(old, next, rows, from, to);
            return 0.6 * Arrays.stream(rows, from, to).sum();
        };
        double[] byOutputs = new double[(to - from) * outputs.numCols];
        double[] byTheta = new double[theta.length];
        Arrays.fill(byOutputs, 0.25);
        Arrays.fill(byTheta, 0.25);
        golden.distribution()
                .addDivergenceGradient(new Distribution.Divergence(old, next, 0.6), byOutputs, byTheta, from, to);
        double[] expected = differences(outputs.data, function);
        double[] part = Arrays.copyOfRange(expected, from * outputs.numCols, to * outputs.numCols);
        assertClose(part, minus(byOutputs, 0.25), FINITE_DIFFERENCE, "gradient with respect to the outputs");
        double[] own = differences(theta, function);
        if (Vectors.norm(own) > 0) {
            assertClose(own, minus(byTheta, 0.25), FINITE_DIFFERENCE, "gradient with respect to theta");
        } else {
            assertEquals(0, Vectors.norm(minus(byTheta, 0.25)));
        }
    }

    private static double[] minus(double[] values, double constant) {
        return Arrays.stream(values).map(value -> value - constant).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fisherIsTheHessianOfTheDivergenceWithRespectToTheOutputs(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        DMatrixRMaj old = golden.forward(theta).output();
        DMatrixRMaj outputs = old.copy();
        double[] v = random.doubles(outputs.data.length, -1, 1).toArray();
        double[] actual = v.clone();
        double[] weights = new double[actual.length];
        golden.distribution().fisher(golden.inputs(theta, old), weights, 0, old.numRows);
        golden.distribution().multiplyFisher(golden.inputs(theta, old), weights, actual, 2, 0, old.numRows);

        // The outputs of all states are changed at the same time. This is possible because the divergence in a state
        // depends only on the outputs for that state.
        double h = 1e-4;
        double[] rows = new double[old.numRows];
        double[] curvature = new double[old.numRows];
        for (int sign = -1; sign <= 1; sign += 2) {
            for (int i = 0; i < v.length; i++) {
                outputs.data[i] = old.data[i] + sign * h * v[i];
            }
            golden.distribution()
                    .divergence(golden.inputs(theta, old), golden.inputs(theta, outputs), rows, 0, rows.length);
            for (int row = 0; row < rows.length; row++) {
                curvature[row] += rows[row] / (h * h);
            }
        }
        for (int row = 0; row < rows.length; row++) {
            double form = 0;
            for (int j = 0; j < old.numCols; j++) {
                form += v[row * old.numCols + j] * actual[row * old.numCols + j];
            }
            assertEquals(2 * curvature[row], form, 1e-6, "state " + row);
        }
    }

    private static Distribution.Objective objective(GoldenUpdate golden, double[] weights) {
        return new Distribution.Objective(golden.actions(), weights, ENTROPY_WEIGHT);
    }

    private double[] weights(int length) {
        return random.doubles(length, 0.5, 2).toArray();
    }

    private static double objective(GoldenUpdate golden, double[] theta, DMatrixRMaj outputs, double[] weights) {
        double[] logs = new double[weights.length];
        double[] entropies = new double[weights.length];
        golden.distribution().logProbability(golden.inputs(theta, outputs), golden.actions(), logs, 0, logs.length);
        golden.distribution().entropy(golden.inputs(theta, outputs), entropies, 0, logs.length);
        double sum = 0;
        for (int i = 0; i < logs.length; i++) {
            sum += weights[i] * logs[i] + ENTROPY_WEIGHT * entropies[i];
        }
        return sum;
    }

    private static double divergence(GoldenUpdate golden, double[] old, double[] next) {
        double[] rows = new double[golden.samples()];
        golden.distribution().divergence(golden.inputs(old), golden.inputs(next), rows, 0, rows.length);
        return Vectors.mean(rows);
    }

    private static double[] differences(double[] x, DoubleSupplier function) {
        double[] slopes = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double middle = x[i];
            x[i] = middle + DIFFERENCE_STEP;
            double up = function.getAsDouble();
            x[i] = middle - DIFFERENCE_STEP;
            slopes[i] = (up - function.getAsDouble()) / (2 * DIFFERENCE_STEP);
            x[i] = middle;
        }
        return slopes;
    }
}
