// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FisherVectorProductTest {
    private static final String CASES = "io.gymwire.testing.GoldenUpdate#all";
    /** The step with which second differences of the KL are computed. Their rounding error is about 1e-16 / step^2. */
    private static final double STEP = 1e-4;

    private final Random random = new Random(13);

    @ParameterizedTest
    @MethodSource(CASES)
    void isSymmetric(GoldenUpdate golden) {
        FisherVectorProduct fisher = Updates.fisher(golden, 0.1);
        double[] u = Updates.gaussians(random, golden.policy().parameterCount());
        double[] v = Updates.gaussians(random, u.length);
        double scale = Vectors.norm(u) * Vectors.norm(Updates.times(fisher, v));
        assertEquals(
                Vectors.dot(u, Updates.times(fisher, v)), Vectors.dot(v, Updates.times(fisher, u)), DERIVATIVE * scale);
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void isPositiveAndDampingAddsAMultipleOfTheIdentity(GoldenUpdate golden) {
        for (int trial = 0; trial < 20; trial++) {
            double[] v = Updates.gaussians(random, golden.policy().parameterCount());
            double form = Vectors.dot(v, Updates.times(Updates.fisher(golden, 0), v));
            assertTrue(form > 0, "v'F v = " + form);
            double damped = Vectors.dot(v, Updates.times(Updates.fisher(golden, 0.3), v));
            assertClose(form + 0.3 * Vectors.dot(v, v), damped, DERIVATIVE, "v'(F + 0.3 I)v");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_entropy_4_6_3", "gaussian_3_8_8_1"})
    void isTheHessianOfTheDivergence(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        Surrogate surrogate = Updates.surrogate(golden);
        double[] v = Updates.gaussians(random, golden.policy().parameterCount());
        double[] actual = Updates.times(Updates.fisher(golden, 0), v);
        double[] expected = new double[v.length];
        for (int i = 0; i < v.length; i++) {
            double[] axis = new double[v.length];
            axis[i] = 1;
            // axis'F v = ((v + axis)'F(v + axis) - (v - axis)'F(v - axis)) / 4
            double sum = curvature(surrogate, Updates.moved(v, 1, axis));
            double difference = curvature(surrogate, Updates.moved(v, -1, axis));
            expected[i] = (sum - difference) / 4;
        }
        assertClose(expected, actual, 1e-5, "F v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gaussian_3_8_8_1", "gaussian_17_64_64_6"})
    void logStdHasItsOwnBlock(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] v = new double[golden.policy().parameterCount()];
        v[v.length - 1] = 3;
        double[] expected = new double[v.length];
        expected[v.length - 1] = 6;
        assertArrayEquals(expected, Updates.times(Updates.fisher(golden, 0), v));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 200, 1000})
    void aSubsampleGivesTheMatrixOverEveryNthState(int stride) {
        GoldenUpdate golden = GoldenUpdate.named("gaussian_17_64_64_6");
        double[] theta = golden.input("theta");
        double[] v = golden.input("v1");
        int[] sample = StateSample.every(stride, golden.samples(), 1);
        Activations some = FisherVectorProduct.activationsOf(sample, golden.policy(), theta, golden.observations());
        double[] actual = Updates.times(new FisherVectorProduct(golden.policy(), 0).at(theta, some), v);

        double[] expected = new double[v.length];
        int states = 0;
        for (int row = 0; row < golden.samples(); row += stride) {
            DMatrixRMaj one = new DMatrixRMaj(1, 17);
            System.arraycopy(golden.observations().data, 17 * row, one.data, 0, 17);
            Activations alone = golden.policy().network().activations(one);
            golden.policy().network().forward(theta, alone, 0, 1);
            double[] product = Updates.times(new FisherVectorProduct(golden.policy(), 0).at(theta, alone), v);
            expected = Updates.moved(expected, 1, product);
            states++;
        }
        assertClose(Updates.moved(new double[v.length], 1.0 / states, expected), actual, DERIVATIVE, "F v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_17_64_64_6"})
    void repeatedProductsHaveTheSameBits(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        FisherVectorProduct fisher = Updates.fisher(golden, 0.1);
        double[] first = Updates.times(fisher, golden.input("v1"));
        fisher.multiply(golden.input("v2"), new double[first.length]);
        assertArrayEquals(first, Updates.times(fisher, golden.input("v1")));
    }

    /** w'F w by a second difference of the KL around theta_old, where the KL and its gradient are 0. */
    private static double curvature(Surrogate surrogate, double[] w) {
        double[] theta = surrogate.oldTheta();
        double up = surrogate.at(Updates.moved(theta, STEP, w)).divergence();
        double down = surrogate.at(Updates.moved(theta, -STEP, w)).divergence();
        return (up + down) / (STEP * STEP);
    }
}
