// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.GaussianPolicy;
import io.gymwire.policy.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.testing.GoldenUpdate;
import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KroneckerPreconditionerTest {
    private static final String CASES = "io.gymwire.testing.GoldenUpdate#all";

    private final Random random = new Random(15);

    /**
     * Without hidden layers the Fisher matrix of a Gaussian policy is the Kronecker product of its factors, here of
     * inputs that are all the same.
     */
    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 0.1, 10})
    void invertsTheProductOfTheDampedFactors(double damping) {
        Policy policy = new GaussianPolicy(3, new int[0], 2, -0.5);
        double[] theta = Updates.gaussians(random, policy.parameterCount());
        double[] state = {0.5, -1, 2, 1};
        DMatrixRMaj observations = new DMatrixRMaj(20, 3);
        for (int row = 0; row < 20; row++) {
            System.arraycopy(state, 0, observations.data, 3 * row, 3);
        }
        Mlp.Activations activations = policy.network().activations(observations);
        policy.network().forward(theta, activations, 0, 20);
        double[] v = Updates.gaussians(random, theta.length);
        double[] x = Updates.times(preconditioner(policy, theta, activations, damping), v);

        double[] precision = {Math.exp(-2 * theta[8]), Math.exp(-2 * theta[9])};
        double pi = Math.sqrt(Vectors.dot(state, state) / 4 / ((precision[0] + precision[1]) / 2));
        double[] back = new double[v.length];
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 2; j++) {
                for (int k = 0; k < 4; k++) {
                    double a = state[i] * state[k] + (i == k ? pi * Math.sqrt(damping) : 0);
                    back[2 * i + j] += a * x[2 * k + j] * (precision[j] + Math.sqrt(damping) / pi);
                }
            }
        }
        back[8] = (2 + damping) * x[8];
        back[9] = (2 + damping) * x[9];
        assertClose(v, back, SOLUTION, "v");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void isSymmetricAndPositive(GoldenUpdate golden) {
        ConjugateGradient.Operator inverse = preconditioner(golden, 0.1);
        double[] u = Updates.gaussians(random, golden.policy().parameterCount());
        double[] v = Updates.gaussians(random, u.length);
        double[] inverseV = Updates.times(inverse, v);
        double scale = Vectors.norm(u) * Vectors.norm(inverseV);
        assertTrue(Math.abs(Vectors.dot(u, inverseV) - Vectors.dot(v, Updates.times(inverse, u))) < 1e-10 * scale);
        assertTrue(Vectors.dot(v, inverseV) > 0);
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void leadsToTheSameSolution(GoldenUpdate golden) {
        double[] g = golden.output("gradient");
        double[] expected = new double[g.length];
        double[] actual = new double[g.length];
        FisherVectorProduct fisher = Updates.fisher(golden, 0.1);
        ConjugateGradient.solve(fisher, g, 500, 1e-13, expected);
        ConjugateGradient.Result result =
                ConjugateGradient.solve(fisher, preconditioner(golden, 0.1), g, 500, 1e-13, actual);
        assertClose(expected, actual, SOLUTION, "x");
        assertClose(Vectors.dot(actual, Updates.times(fisher, actual)), result.quadraticForm(), SOLUTION, "x'A x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gaussian_17_64_64_6"})
    void fiveIterationsLeaveLessThanFifteenWithout(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] g = golden.output("gradient");
        double damping = 1e-3;
        FisherVectorProduct fisher = Updates.fisher(golden, damping);
        double[] x = new double[g.length];
        double without = ConjugateGradient.solve(fisher, g, 15, 0, x).residualNorms()[15];
        double with =
                ConjugateGradient.solve(fisher, preconditioner(golden, damping), g, 5, 0, x).residualNorms()[5];
        assertTrue(with < without, with + " against " + without);
    }

    private static ConjugateGradient.Operator preconditioner(GoldenUpdate golden, double damping) {
        double[] theta = golden.input("theta");
        return preconditioner(golden.policy(), theta, golden.forward(theta), damping);
    }

    private static ConjugateGradient.Operator preconditioner(
            Policy policy, double[] theta, Mlp.Activations activations, double damping) {
        int rows = activations.input().numRows;
        double[] weights = new double[rows * policy.network().outputSize()];
        policy.fisherWeights(theta, activations.output(), weights, 0, rows);
        KroneckerPreconditioner preconditioner = new KroneckerPreconditioner(policy, damping);
        // A second time at theta, so that nothing may be left of the first.
        preconditioner.at(new double[theta.length], activations, Arrays.copyOf(weights, weights.length));
        return preconditioner.at(theta, activations, weights);
    }
}
