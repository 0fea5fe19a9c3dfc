// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line search tries no more step lengths than the settings allow. The last try can still be accepted. */
final class LineSearchTriesTest {

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void theLastTryCanBeAcceptedAndNoFurtherTryIsMade(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        int needed = search(golden, 40, theta).backtracks() + 1;
        double[] accepted = theta.clone();
        assertTrue(needed > 2 && needed < 40, needed + " tries");

        LineSearch.Result last = search(golden, needed, theta);
        assertTrue(last.accepted());
        assertEquals(needed - 1, last.backtracks());
        assertArrayEquals(accepted, theta);

        LineSearch.Result none = search(golden, needed - 1, theta);
        assertFalse(none.accepted());
        assertEquals(needed - 1, none.backtracks());
        assertArrayEquals(golden.input("theta"), theta);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void aDivergenceEqualToTheBoundIsAccepted(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        LineSearch.Result found = search(golden, 40, golden.input("theta"));
        double bound = found.point().divergence();
        assertEquals(found, search(golden, 40, golden.input("theta"), bound));
        LineSearch.Result less = search(golden, 40, golden.input("theta"), Math.nextDown(bound));
        assertEquals(found.backtracks() + 1, less.backtracks());
    }

    @Test
    void aFailedSearchReportsTheGainThatTheGradientPredictsForTheFirstTry() {
        GoldenUpdate golden = GoldenUpdate.named("categorical_4_8_8_2");
        double predicted = Vectors.dot(golden.output("gradient"), longStep(golden));
        assertClose(predicted, search(golden, 2, golden.input("theta")).expectedGain(), DISTRIBUTION, "expected gain");
    }

    private static LineSearch.Result search(GoldenUpdate golden, int tries, double[] theta) {
        return search(golden, tries, theta, Updates.config(golden).get(TrustRegionSettings.DELTA));
    }

    private static LineSearch.Result search(GoldenUpdate golden, int tries, double[] theta, double delta) {
        Settings config = Updates.config(golden)
                .with(TrustRegionSettings.LINE_SEARCH_STEPS, tries)
                .with(TrustRegionSettings.LINE_SEARCH_SHRINK, 0.8)
                .with(TrustRegionSettings.ACCEPT_RATIO, 0.1);
        Surrogate surrogate = Updates.surrogate(golden);
        return new LineSearch(golden.policy(), surrogate, config)
                .search(
                        surrogate.at(golden.input("theta")),
                        new NaturalUpdate.Step(longStep(golden), golden.output("gradient"), delta),
                        theta);
    }

    /**
     * A step that is 50 times as long as the step of the update. The update's step ends where the quadratic model of
     * the divergence (with damping) has the value delta.
     */
    private static double[] longStep(GoldenUpdate golden) {
        double[] x = golden.output("cg_x");
        double beta = Math.sqrt(2 * golden.golden().number("meta", "delta") / golden.result("x_h_x"));
        return Updates.moved(new double[x.length], 50 * beta, x);
    }
}
