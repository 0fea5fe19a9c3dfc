// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Parameter;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class GaussianTest {
    /** The index of log std in theta, for actions of two elements. The four parameters before it are the network's. */
    private static final int OWN = 4;

    private final Gaussian distribution = new Gaussian(2, -0.5);
    private final RandomStream stream = new RandomStream(9, RandomStream.Role.ACTION, 0);

    @Test
    void logProbabilityIsTheLogOfTheDensity() {
        DMatrixRMaj mean = row(0.3, -1);
        double[] out = new double[1];
        distribution.logProbability(inputs(theta(-0.7, 0.4), mean), row(1.1, 0.2), out, 0, 1);
        double expected = Math.log(density(1.1, 0.3, Math.exp(-0.7)) * density(0.2, -1, Math.exp(0.4)));
        assertEquals(expected, out[0], DISTRIBUTION);
    }

    @Test
    void entropyAndDivergenceEqualTheIntegralsThatDefineThem() {
        double[] oldTheta = theta(-0.7, 0.4);
        double[] newTheta = theta(-0.2, 0.1);
        DMatrixRMaj oldMean = row(0.3, -1);
        DMatrixRMaj newMean = row(0.5, -1.6);
        double entropy = 0;
        double divergence = 0;
        for (int j = 0; j < 2; j++) {
            double std = Math.exp(oldTheta[4 + j]);
            double newStd = Math.exp(newTheta[4 + j]);
            double step = std * 1e-3;
            for (int i = -12_000; i <= 12_000; i++) {
                double x = oldMean.data[j] + i * step;
                double p = density(x, oldMean.data[j], std);
                double q = density(x, newMean.data[j], newStd);
                entropy -= p * Math.log(p) * step;
                divergence += p * Math.log(p / q) * step;
            }
        }
        double[] out = new double[1];
        distribution.entropy(inputs(oldTheta, oldMean), out, 0, 1);
        assertEquals(entropy, out[0], 1e-11);
        distribution.divergence(inputs(oldTheta, oldMean), inputs(newTheta, newMean), out, 0, 1);
        assertEquals(divergence, out[0], 1e-11);
    }

    @Test
    void logStdIsKeptWithinItsBounds() {
        double[] theta = theta(-7, 3);
        double[] network = {5, 6, 7, 8};
        System.arraycopy(network, 0, theta, 0, 4);
        distribution.project(theta, OWN);
        assertArrayEquals(new double[] {5, 6, 7, 8, Gaussian.MIN_LOG_STD, Gaussian.MAX_LOG_STD}, theta);
        double[] inside = {50, 6, 7, 8, -4.9, 1.9};
        double[] kept = inside.clone();
        distribution.project(inside, OWN);
        assertArrayEquals(kept, inside);
    }

    @Test
    void entropyAndDivergenceAndProbabilitiesAndSamplesAreFiniteWithLogStdAtItsBounds() {
        double[] least = theta(Gaussian.MIN_LOG_STD, Gaussian.MIN_LOG_STD);
        double[] greatest = theta(Gaussian.MAX_LOG_STD, Gaussian.MAX_LOG_STD);
        DMatrixRMaj mean = row(0.5, -0.5);
        DMatrixRMaj action = new DMatrixRMaj(1, 2);
        double[] out = new double[1];
        for (double[] theta : new double[][] {least, greatest}) {
            double std = Math.exp(theta[4]);
            distribution.sample(inputs(theta, mean), 0, stream, 0, action, 0);
            assertTrue(Math.abs(action.data[0] - 0.5) <= 10 * std && action.data[0] != 0.5);
            distribution.logProbability(inputs(theta, mean), action, out, 0, 1);
            assertTrue(Double.isFinite(out[0]));
            distribution.entropy(inputs(theta, mean), out, 0, 1);
            assertEquals(2 * theta[4] + 1 + Math.log(2 * Math.PI), out[0], DISTRIBUTION * 10);
        }
        distribution.divergence(inputs(least, mean), inputs(greatest, mean), out, 0, 1);
        assertEquals(2 * (7 + 0.5 * Math.exp(-14) - 0.5), out[0], 1e-10);
        distribution.divergence(inputs(greatest, mean), inputs(least, mean), out, 0, 1);
        assertEquals(2 * (-7 + 0.5 * Math.exp(14) - 0.5), out[0], 1e-5);
    }

    @Test
    void sampledElementsAreUncorrelatedAndHaveTheMeanAndSpreadOfThePolicy() {
        int draws = 100_000;
        double[] theta = theta(-0.7, 0.4);
        DMatrixRMaj means = new DMatrixRMaj(2, 2, true, 99, 99, 0.3, -1);
        DMatrixRMaj action = new DMatrixRMaj(3, 2);
        double[] mean = new double[2];
        double[] square = new double[2];
        double product = 0;
        for (int step = 0; step < draws; step++) {
            distribution.sample(inputs(theta, means), 1, stream, step, action, 2);
            double[] z = new double[2];
            for (int j = 0; j < 2; j++) {
                z[j] = (action.get(2, j) - means.get(1, j)) / Math.exp(theta[4 + j]);
                mean[j] += z[j] / draws;
                square[j] += z[j] * z[j] / draws;
            }
            product += z[0] * z[1] / draws;
        }
        for (int j = 0; j < 2; j++) {
            assertEquals(0, mean[j], 5 / Math.sqrt(draws));
            assertEquals(1, square[j], 5 * Math.sqrt(2.0 / draws));
        }
        assertEquals(0, product, 5 / Math.sqrt(draws));
        assertEquals(0, action.data[0], "other rows must not change");
    }

    @Test
    void modeIsTheMean() {
        DMatrixRMaj action = new DMatrixRMaj(2, 2);
        distribution.mode(inputs(theta(0, 0), new DMatrixRMaj(2, 2, true, 1, 2, 3, 4)), 0, action, 1);
        assertArrayEquals(new double[] {0, 0, 1, 2}, action.data);
    }

    @Test
    void fisherOfLogStdIsTwo() {
        double[] out = {1, 1, 1, 1, 1, 1};
        distribution.addOwnFisher(inputs(theta(-1, 1), row(0, 0)), new double[] {9, 9, 9, 9, 3, -5}, out);
        assertArrayEquals(new double[] {1, 1, 1, 1, 7, -9}, out);
    }

    @Test
    void startsWithTheGivenStandardDeviation() {
        double[] theta = {1, 2, 3, 4, 0, 0};
        distribution.initialize(theta, OWN);
        assertArrayEquals(new double[] {1, 2, 3, 4, -0.5, -0.5}, theta);
        MetricValues values = new MetricValues(List.of(DistributionMetrics.GROUP));
        distribution.measure(theta, OWN, values);
        assertEquals(Math.exp(-0.5), values.get(DistributionMetrics.STD), DISTRIBUTION);
    }

    @Test
    void namesItsParameters() {
        Parameter logStd = distribution.parameters().get(0);
        assertEquals(
                List.of("log_std"),
                distribution.parameters().stream().map(Parameter::name).toList());
        assertArrayEquals(new int[] {2}, logStd.shape());
        assertEquals(0, logStd.offset());
        assertEquals(2, distribution.parameterCount());
    }

    @Test
    void theProbabilitiesOfAClippedElementSumToOne() {
        Gaussian clipped = new Gaussian(new boolean[] {true}, -0.5, 0);
        for (double mean : new double[] {0, 0.8, -1.7}) {
            double[] theta = {0, 0, 0.3};
            double total = probability(clipped, theta, mean, 1) + probability(clipped, theta, mean, -1);
            int steps = 2000; // Simpson's rule integrates the density from just above -1 to just below 1
            for (int i = 0; i <= steps; i++) {
                double action = Math.max(Math.nextUp(-1.0), Math.min(Math.nextDown(1.0), -1 + 2.0 * i / steps));
                int weight = i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4;
                total += weight * probability(clipped, theta, mean, action) * 2 / (3 * steps);
            }
            assertEquals(1, total, 1e-11, "mean " + mean);
        }
    }

    @Test
    void allActionsBeyondALimitOfAClippedElementHaveTheSameProbability() {
        Gaussian clipped = new Gaussian(new boolean[] {true, false}, -0.5, 0);
        double[] theta = theta(0.3, -0.2);
        DMatrixRMaj mean = row(0.4, -0.6);
        double[] near = new double[1];
        double[] far = new double[1];
        clipped.logProbability(inputs(theta, mean), row(1, 3), near, 0, 1);
        clipped.logProbability(inputs(theta, mean), row(7, 3), far, 0, 1);
        assertEquals(near[0], far[0]);
        clipped.logProbability(inputs(theta, mean), row(1, 4), far, 0, 1);
        assertTrue(far[0] < near[0] - 1, "the second element must not be clipped");
    }

    @Test
    void logProbabilityAndGradientOfAClippedElementAreFiniteForExtremeParametersAndActions() {
        Gaussian clipped = new Gaussian(new boolean[] {true}, -0.5, 0);
        for (double logStd : new double[] {Gaussian.MIN_LOG_STD, Gaussian.MAX_LOG_STD}) {
            for (double mean : new double[] {-1e3, -1, 0, 1, 1e3}) {
                for (double action : new double[] {-1, 1, -1e4, 1e4}) {
                    double[] theta = {0, 0, logStd};
                    DMatrixRMaj output = new DMatrixRMaj(1, 1, true, mean);
                    DMatrixRMaj drawn = new DMatrixRMaj(1, 1, true, action);
                    double[] log = new double[1];
                    clipped.logProbability(inputs(theta, output), drawn, log, 0, 1);
                    assertTrue(Double.isFinite(log[0]) && log[0] <= 0, "log probability " + log[0]);
                    double[] byMean = new double[1];
                    double[] byTheta = new double[3];
                    clipped.gradient(inputs(theta, output), objective(drawn, 1), byMean, byTheta, 0, 1);
                    assertTrue(
                            byMean[0] * action >= 0 && Double.isFinite(byMean[0]),
                            "derivative with respect to mu " + byMean[0]);
                    assertTrue(Double.isFinite(byTheta[2]), "derivative with respect to log sigma " + byTheta[2]);
                }
            }
        }
    }

    @Test
    void clippingKeepsTheGradientsMeanAndReducesItsVariance() {
        double[] theta = {0, 0, 0.2};
        DMatrixRMaj mean = new DMatrixRMaj(1, 1, true, 0.5);
        Gaussian drawn = new Gaussian(1, -0.5);
        Gaussian clipped = new Gaussian(new boolean[] {true}, -0.5, 0);
        // Rows: the means of the derivatives with respect to mu and log sigma, then their mean squares.
        // Columns: without clipping, with clipping.
        double[][] moments = new double[4][2];
        double std = Math.exp(0.2);
        double step = 1e-3;
        for (double z = -12; z <= 12; z += step) {
            double action = 0.5 + std * z;
            double reward = Math.pow(Math.max(-1, Math.min(1, action)) - 0.3, 2);
            double probability = density(z, 0, 1) * step;
            for (int policyIndex = 0; policyIndex < 2; policyIndex++) {
                double[] byMean = new double[1];
                double[] byTheta = new double[3];
                (policyIndex == 0 ? drawn : clipped)
                        .gradient(
                                inputs(theta, mean),
                                objective(new DMatrixRMaj(1, 1, true, action), reward),
                                byMean,
                                byTheta,
                                0,
                                1);
                for (int k = 0; k < 2; k++) {
                    double slope = k == 0 ? byMean[0] : byTheta[2];
                    moments[k][policyIndex] += probability * slope;
                    moments[2 + k][policyIndex] += probability * slope * slope;
                }
            }
        }
        for (int k = 0; k < 2; k++) {
            // With clipping, the derivative jumps where the action reaches a limit. The jump lies between two values of
            // z, so the sum over z differs a little from the integral.
            assertEquals(moments[k][0], moments[k][1], 5e-4);
            assertTrue(
                    moments[2 + k][1] < 0.98 * moments[2 + k][0],
                    "mean square " + moments[2 + k][1] + ", without clipping " + moments[2 + k][0]);
        }
    }

    @Test
    void refusesAnInitialLogStdOutsideItsBounds() {
        for (double value : new double[] {-5.5, 2.5, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Gaussian(2, value))
                    .getMessage();
            assertTrue(message.contains(String.valueOf(value)), message);
        }
    }

    private static double probability(Gaussian distribution, double[] theta, double mean, double action) {
        double[] out = new double[1];
        distribution.logProbability(inputs(theta, row(mean)), row(action), out, 0, 1);
        return Math.exp(out[0]);
    }

    private static DistributionInputs inputs(double[] theta, DMatrixRMaj means) {
        return new DistributionInputs(theta, theta.length - means.numCols, means);
    }

    private static Distribution.Objective objective(DMatrixRMaj actions, double weight) {
        return new Distribution.Objective(actions, new double[] {weight}, 0);
    }

    private static double[] theta(double... logStd) {
        return new double[] {0, 0, 0, 0, logStd[0], logStd[1]};
    }

    private static DMatrixRMaj row(double... values) {
        return new DMatrixRMaj(1, values.length, true, values);
    }

    private static double density(double x, double mean, double std) {
        double z = (x - mean) / std;
        return Math.exp(-z * z / 2) / (std * Math.sqrt(2 * Math.PI));
    }
}
