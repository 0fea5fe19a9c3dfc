// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LineSearchTest {

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void shortensALongStepUntilItIsAccepted(String name) {
        Search search = new Search(name, 50);
        LineSearch.Result result = search.along(search.step);
        assertTrue(result.accepted());
        assertTrue(result.backtracks() > 0);
        double shrink = search.config.get(TrustRegionSettings.LINE_SEARCH_SHRINK);
        assertClose(Math.pow(shrink, result.backtracks()), result.stepFraction(), 1e-14, "fraction");
        assertTrue(result.point().divergence() <= search.config.get(TrustRegionSettings.DELTA));
        assertArrayEquals(Updates.moved(search.old, result.stepFraction(), search.step), search.theta, 1e-14);

        double[] longer = Updates.moved(search.old, result.stepFraction() / shrink, search.step);
        Surrogate.Point before = search.surrogate.at(longer);
        double gain = before.surrogate() - search.start.surrogate();
        double predicted = 0;
        for (int i = 0; i < longer.length; i++) {
            predicted += search.gradient[i] * (longer[i] - search.old[i]);
        }
        assertTrue(
                before.divergence() > search.config.get(TrustRegionSettings.DELTA)
                        || gain <= 0
                        || gain < search.config.get(TrustRegionSettings.ACCEPT_RATIO) * predicted,
                "the longer step must be rejected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void theGivenBoundIsUsedInsteadOfTheSettingDelta(String name) {
        Search search = new Search(name, 1);
        double bound = search.along(search.step).point().divergence() / 4;
        LineSearch.Result result = search.lineSearch.search(
                search.start, new NaturalUpdate.Step(search.step, search.gradient, bound), search.theta);
        assertTrue(result.accepted() && result.backtracks() > 0);
        assertTrue(result.point().divergence() <= bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void restoresTheOldParametersBitForBitWhenEveryStepLowersTheSurrogate(String name) {
        Search search = new Search(name, 1);
        double[] downhill = Updates.moved(new double[search.step.length], -1, search.step);
        assertRefused(search, downhill);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void restoresTheOldParametersBitForBitWhenStepsAreNotFinite(double bad) {
        Search search = new Search("gaussian_entropy_5_7_3_2", 1);
        double[] step = search.step.clone();
        step[0] = bad;
        assertRefused(search, step);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_4_8_8_2", "gaussian_entropy_5_7_3_2"})
    void rejectsAStepThatGainsNothing(String name) {
        Search search = new Search(name, 1);
        assertRefused(search, new double[search.step.length]);
    }

    private static void assertRefused(Search search, double[] step) {
        LineSearch.Result result = search.along(step);
        assertFalse(result.accepted());
        assertEquals(search.config.get(TrustRegionSettings.LINE_SEARCH_STEPS), result.backtracks());
        assertEquals(0, result.stepFraction());
        assertSame(search.start, result.point());
        assertArrayEquals(search.old, search.theta);
    }

    /** A line search along the full step of a golden update. The step is multiplied by a factor. */
    private static final class Search {
        private final LineSearch lineSearch;
        private final Settings config;
        private final Surrogate surrogate;
        private final Surrogate.Point start;
        private final double[] gradient;
        private final double[] old;
        private final double[] step;
        private final double[] theta;

        private Search(String name, double factor) {
            GoldenUpdate golden = GoldenUpdate.named(name);
            Settings base = Updates.config(golden);
            config = base.with(TrustRegionSettings.CG_ITERATIONS, 10)
                    .with(TrustRegionSettings.CG_TOLERANCE, 0.0)
                    .with(TrustRegionSettings.CG_DAMPING, 0.1)
                    .with(TrustRegionSettings.LINE_SEARCH_STEPS, 40)
                    .with(TrustRegionSettings.LINE_SEARCH_SHRINK, 0.8)
                    .with(TrustRegionSettings.ACCEPT_RATIO, 0.1);
            surrogate = Updates.surrogate(golden);
            lineSearch = new LineSearch(golden.policy(), surrogate, config);
            old = golden.input("theta");
            start = surrogate.at(old);
            gradient = golden.output("gradient");
            double[] x = golden.output("cg_x");
            double beta = Math.sqrt(2 * config.get(TrustRegionSettings.DELTA) / golden.result("x_h_x"));
            step = Updates.moved(new double[x.length], factor * beta, x);
            theta = old.clone();
            Arrays.fill(theta, 77);
        }

        private LineSearch.Result along(double[] direction) {
            double delta = config.get(TrustRegionSettings.DELTA);
            return lineSearch.search(start, new NaturalUpdate.Step(direction, gradient, delta), theta);
        }
    }
}
