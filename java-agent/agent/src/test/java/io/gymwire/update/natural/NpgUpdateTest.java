// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.natural.UpdateReport.Outcome;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NpgUpdateTest {

    private static final String TRIES = "line_search_tries";

    /** NPG takes the full step. In the golden file, this is the first try of TRPO's line search. */
    @ParameterizedTest
    @MethodSource("io.gymwire.testing.GoldenUpdate#all")
    void theWholeUpdateAgreesWithTheIndependentImplementation(GoldenUpdate golden) {
        Settings config = Updates.config(golden);
        double[] theta = golden.input("theta");
        UpdateReport report =
                new NpgUpdate(golden.policy(), config).update(theta, Updates.batch(golden, golden.input("advantages")));

        double beta = Math.sqrt(2 * config.get(TrustRegionSettings.DELTA) / golden.result("x_h_x"));
        assertEquals(Outcome.FULL_STEP, report.outcome());
        assertClose(Updates.moved(golden.input("theta"), beta, golden.output("cg_x")), theta, SOLUTION, "theta");
        assertClose(beta, report.stepScale(), SOLUTION, "step scale");
        assertClose(golden.result("full_step_norm"), report.stepNorm(), SOLUTION, "|step|");
        assertClose(golden.result("expected_gain"), report.expectedGain(), SOLUTION, "expected gain");
        assertClose(golden.golden().ofFirst("outputs", TRIES, "kl"), report.divergence(), SOLUTION, "KL");
        assertClose(
                golden.golden().ofFirst("outputs", TRIES, "surrogate"), report.surrogateAfter(), SOLUTION, "surrogate");
    }

    /** If TRPO's line search would reject the full step, NPG still takes the step and reports the divergence. */
    @Test
    void aStepBeyondDeltaIsTakenAndReported() {
        GoldenUpdate golden = GoldenUpdate.all()
                .filter(each -> each.result("backtracks") > 0)
                .findFirst()
                .orElseThrow();
        Settings config = Updates.config(golden);
        double[] theta = golden.input("theta");
        NpgUpdate update = new NpgUpdate(golden.policy(), config);
        MetricValues values = new MetricValues(List.of(TrustRegionMetrics.NPG));
        UpdateReport report = update.update(theta, Updates.batch(golden, golden.input("advantages")));
        report.measure(values);
        assertTrue(report.divergence() > config.get(TrustRegionSettings.DELTA), "KL " + report.divergence());
        assertEquals(report.divergence(), values.get(TrustRegionMetrics.KL_DIVERGENCE));
        assertFalse(Arrays.equals(golden.input("theta"), theta));
        assertFalse(values.byName().containsKey(TrustRegionMetrics.LINE_SEARCH_SUCCESS.name()));
        assertEquals(
                TrustRegionMetrics.GROUP.metrics().size() - 2, values.byName().size());
    }

    @Test
    void aStepThatIsNotFiniteIsNotTaken() {
        double[] theta = new double[4];
        Policy policy = Updates.certainPolicy(theta);
        double[] kept = theta.clone();
        Batch batch = Batch.onPolicy(Updates.column(0.5, 1, 2), Updates.column(1, 0, 0), new double[] {1, -1, 2});
        Settings undamped = Updates.config(0.01, 0.1, 0).with(TrustRegionSettings.CG_DAMPING, 0.0);
        UpdateReport report = new NpgUpdate(policy, undamped).update(theta, batch);
        assertEquals(Outcome.NOT_FINITE, report.outcome());
        assertTrue(report.remark().isPresent());
        assertArrayEquals(kept, theta);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_17_64_64_6"})
    void annealingMultipliesTheStepByTheSquareRootOfTheFactor(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        NpgUpdate update = new NpgUpdate(golden.policy(), Updates.config(golden));
        Batch batch = Updates.batch(golden, golden.input("advantages"));
        double full = update.update(golden.input("theta"), batch, 1).stepNorm();
        assertClose(full / 2, update.update(golden.input("theta"), batch, 0.25).stepNorm(), SOLUTION, "|step|");
    }
}
