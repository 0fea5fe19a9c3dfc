// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.testing.GoldenUpdate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares networks and distributions with the same computations in PyTorch (golden.py). */
final class GoldenDistributionTest {
    private static final String CASES = "io.gymwire.testing.GoldenUpdate#all";

    @ParameterizedTest
    @MethodSource(CASES)
    void theNumberOfParametersAndTheOutputsAgreeWithPyTorch(GoldenUpdate golden) {
        assertEquals(golden.golden().count("parameters"), golden.policy().parameterCount());
        Activations activations = golden.forward(golden.input("theta"));
        assertClose(golden.output("outputs"), activations.output().data, DISTRIBUTION, "outputs");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void logProbabilitiesAgree(GoldenUpdate golden) {
        assertClose(golden.output("logp_old"), logProbabilities(golden, "theta"), DISTRIBUTION, "log pi_old");
        assertClose(golden.output("logp_new"), logProbabilities(golden, "theta_new"), DISTRIBUTION, "log pi_new");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void entropyAgrees(GoldenUpdate golden) {
        double[] entropies = new double[golden.samples()];
        double[] theta = golden.input("theta");
        golden.distribution().entropy(golden.inputs(theta), entropies, 0, entropies.length);
        assertClose(golden.result("entropy_mean"), Vectors.mean(entropies), DISTRIBUTION, "mean entropy");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void divergenceAgrees(GoldenUpdate golden) {
        double[] divergences = new double[golden.samples()];
        double[] theta = golden.input("theta");
        double[] next = golden.input("theta_new");
        golden.distribution().divergence(golden.inputs(theta), golden.inputs(next), divergences, 0, divergences.length);
        assertClose(golden.output("kl_rows"), divergences, DISTRIBUTION, "KL by state");
        assertClose(golden.result("kl_mean"), Vectors.mean(divergences), DISTRIBUTION, "mean KL");
    }

    private static double[] logProbabilities(GoldenUpdate golden, String parameters) {
        double[] theta = golden.input(parameters);
        double[] out = new double[golden.samples()];
        golden.distribution().logProbability(golden.inputs(theta), golden.actions(), out, 0, out.length);
        return out;
    }
}
