// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.Vectors;
import io.gymwire.update.natural.NpgUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks the {@link Explanation} of an update of NPG. The expected values come from an update without {@link
 * Explainer}, from a dense solution of the linear system, and from {@link SmallUpdate}, which computes the surrogate
 * and the divergence from their definitions.
 */
final class NpgExplanationTest {

    private static final double VALUE = 1e-10;
    /** The allowed relative error, large because {@link SmallUpdate#fisher} is computed by finite differences. */
    private static final double SOLVED = 1e-4;

    private static final double DELTA = 0.03; // the setting is 0.06, and annealing in SmallUpdate halves it

    private static RunConfig settings(double damping) {
        return SmallUpdate.settings()
                .with(RunSettings.ALGORITHM, Algorithm.NPG)
                .with(TrustRegionSettings.CG_ITERATIONS, 80)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-9)
                .with(TrustRegionSettings.CG_DAMPING, damping)
                .with(TrustRegionSettings.DELTA, 2 * DELTA);
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void explainingMakesTheUpdateOfNpgAndDoesNotChangeTheLearner(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(0.05));
        Explainer explainer = new Explainer(small.input);
        Explanation explanation = explainer.explain(SmallUpdate.noEpisodes(), part -> {});
        assertArrayEquals(small.old, small.input.learner().theta());
        double[] theta = small.old.clone();
        new NpgUpdate(small.input.policy(), small.input.config().settings())
                .update(theta, small.input.batch(), small.input.annealed());
        assertArrayEquals(theta, explainer.newTheta());
        assertFalse(Arrays.equals(small.old, theta));
        assertEquals("the full step was taken", explanation.subject().outcome());
        assertTrue(region(explanation).tries().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theFullStepAgreesWithADenseSolutionAndReportsTheDivergenceAndGainOfTheNewParameters(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(0.05));
        DMatrixRMaj h = small.fisher();
        for (int i = 0; i < h.numRows; i++) {
            h.add(i, i, 0.05);
        }
        double[] g = small.gradient();
        DMatrixRMaj x = new DMatrixRMaj(g.length, 1);
        assertTrue(CommonOps_DDRM.solve(h, new DMatrixRMaj(g.length, 1, true, g), x));
        double beta = Math.sqrt(2 * DELTA / Vectors.dot(g, x.data));

        Explainer explainer = new Explainer(small.input);
        Explanation.TrustRegion region = region(explainer.explain(SmallUpdate.noEpisodes(), part -> {}));
        FullStep step = region.fullStep().orElseThrow();
        assertEquals(1 / beta, region.multiplier().lambda(), SOLVED / beta);
        assertEquals(DELTA, step.delta(), VALUE);
        assertEquals(beta * Vectors.norm(x.data), step.norm(), SOLVED * step.norm());
        assertEquals(beta * Vectors.dot(g, x.data), step.predicted(), SOLVED * step.predicted());
        assertEquals(small.divergence(explainer.newTheta()), step.divergence(), VALUE);
        assertEquals(small.surrogate(explainer.newTheta()), step.gain(), VALUE);
        StepPath.Point full = region.path().points().stream()
                .filter(point -> point.fraction() == 1)
                .findFirst()
                .orElseThrow();
        assertEquals(step.divergence(), full.divergence().measured(), VALUE);
    }

    /**
     * With much damping, the step is short, so its divergence is below delta. With little damping, the step is long:
     * the quadratic model predicts a divergence of about delta, but the measured divergence is larger.
     */
    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void aSentenceReportsWhetherTheStepOfNpgWentBeyondDelta(SmallUpdate.Kind kind) {
        assertStep(new SmallUpdate(kind, settings(3)), "The step stayed within delta: KL(old, new) is ");
        assertStep(new SmallUpdate(kind, settings(1e-3)), "The step went beyond delta: KL(old, new) is ");
    }

    private static void assertStep(SmallUpdate small, String expected) {
        Explainer explainer = new Explainer(small.input);
        String sentence = region(explainer.explain(SmallUpdate.noEpisodes(), part -> {}))
                .fullStep()
                .orElseThrow()
                .sentence();
        double divergence = small.divergence(explainer.newTheta());
        assertEquals(
                expected + NumberText.of(divergence) + " nats, which is " + NumberText.of(divergence / DELTA)
                        + " times delta.",
                sentence);
    }

    private static Explanation.TrustRegion region(Explanation explanation) {
        return (Explanation.TrustRegion) explanation.way().orElseThrow();
    }
}
