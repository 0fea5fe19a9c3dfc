// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares each part of an update, and a complete update, with the same computation in PyTorch (golden.py). */
final class GoldenUpdateTest {
    private static final String CASES = "io.gymwire.testing.GoldenUpdate#all";

    @ParameterizedTest
    @MethodSource(CASES)
    void surrogateAndDivergenceAgree(GoldenUpdate golden) {
        Surrogate surrogate = Updates.surrogate(golden);
        assertEquals(
                golden.result("surrogate_old"),
                surrogate.at(golden.input("theta")).surrogate(),
                DISTRIBUTION);
        Surrogate.Point next = surrogate.at(golden.input("theta_new"));
        assertEquals(golden.result("surrogate_new"), next.surrogate(), DISTRIBUTION);
        assertClose(golden.result("kl_mean"), next.divergence(), DISTRIBUTION, "mean KL");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void gradientAgrees(GoldenUpdate golden) {
        double[] expected = golden.output("gradient");
        assertClose(expected, Updates.gradient(Updates.surrogate(golden), expected.length), DERIVATIVE, "gradient");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void fisherVectorProductsAgree(GoldenUpdate golden) {
        double damping = golden.golden().number("meta", "damping");
        assertClose(
                golden.output("fisher_v1"),
                Updates.times(Updates.fisher(golden, 0), golden.input("v1")),
                DERIVATIVE,
                "F v");
        assertClose(
                golden.output("damped_fisher_v2"),
                Updates.times(Updates.fisher(golden, damping), golden.input("v2")),
                DERIVATIVE,
                "(F + damping I) v");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void conjugateGradientAgrees(GoldenUpdate golden) {
        Settings config = Updates.config(golden);
        double[] g = golden.output("gradient");
        double[] x = new double[g.length];
        ConjugateGradient.Result result = ConjugateGradient.solve(
                Updates.fisher(golden, config.get(TrustRegionSettings.CG_DAMPING)),
                g,
                config.get(TrustRegionSettings.CG_ITERATIONS),
                config.get(TrustRegionSettings.CG_TOLERANCE),
                x);
        assertClose(golden.output("cg_x"), x, SOLUTION, "x");
        assertClose(golden.output("cg_residual_norms"), result.residualNorms(), SOLUTION, "|r| by iteration");
        assertClose(golden.result("x_h_x"), result.quadraticForm(), SOLUTION, "x'(F + damping I)x");
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void wholeUpdateAgrees(GoldenUpdate golden) {
        Settings config = Updates.config(golden);
        double[] theta = golden.input("theta");
        Batch batch = Updates.batch(golden, golden.input("advantages"));
        UpdateReport report = new TrpoUpdate(golden.policy(), config).update(theta, batch);
        int backtracks = (int) golden.result("backtracks");
        double fraction = Math.pow(config.get(TrustRegionSettings.LINE_SEARCH_SHRINK), backtracks);

        assertEquals(UpdateReport.Outcome.IMPROVED, report.outcome());
        assertEquals(backtracks, report.backtracks());
        assertClose(golden.output("theta_accepted"), theta, SOLUTION, "theta");
        assertClose(golden.result("full_step_norm") * fraction, report.stepNorm(), SOLUTION, "|step|");
        assertClose(golden.result("expected_gain") * fraction, report.expectedGain(), SOLUTION, "expected gain");
        assertClose(
                Math.sqrt(2 * config.get(TrustRegionSettings.DELTA) / golden.result("x_h_x")),
                1 / report.lagrangeMultiplier(),
                SOLUTION,
                "beta");
        assertClose(fraction / report.lagrangeMultiplier(), report.stepScale(), SOLUTION, "step scale");
        assertEquals(golden.result("surrogate_old"), report.surrogateBefore(), DISTRIBUTION);
        assertClose(golden.result("surrogate_after"), report.surrogateAfter(), SOLUTION, "surrogate after");
        assertClose(golden.result("kl_after"), report.divergence(), SOLUTION, "KL after");
        assertClose(golden.output("cg_residual_norms"), report.cgResiduals(), SOLUTION, "|r| by iteration");
        assertClose(Vectors.norm(golden.output("gradient")), report.gradientNorm(), DERIVATIVE, "|g|");
        assertEquals(config.get(TrustRegionSettings.DELTA), report.divergenceLimit());
    }
}
