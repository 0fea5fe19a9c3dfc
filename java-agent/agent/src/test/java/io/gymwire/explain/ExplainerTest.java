// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.explain.Improvement.Estimate;
import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.Vectors;
import io.gymwire.update.natural.LineSearchTry;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares an explanation's numbers with values that are computed directly from the definitions, with dense matrices,
 * plain loops and finite differences.
 */
final class ExplainerTest {

    private static final double VALUE = 1e-10;
    /**
     * The allowed error of most values that use the Fisher matrix. It is larger than VALUE, because the test computes
     * this matrix by second differences. It is small compared with the elements of the matrix, which are about 0.1.
     */
    private static final double SECOND = 1e-6;
    /** The allowed error of values for which a linear system with the Fisher matrix is solved. */
    private static final double SOLVED = 1e-4;

    private static final double DAMPING = 0.05;
    private static final Improvement.Fresh NO_EPISODES = SmallUpdate.noEpisodes();

    private static RunConfig settings(int iterations) {
        return SmallUpdate.settings()
                .with(TrustRegionSettings.CG_ITERATIONS, iterations)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-9)
                .with(TrustRegionSettings.CG_DAMPING, DAMPING)
                .with(TrustRegionSettings.DELTA, 0.06); // SmallUpdate's annealing factor 0.5 reduces delta to 0.03
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theUpdateEqualsAnUpdateOfTrpoAndDoesNotChangeTheLearner(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(10));
        Explainer explainer = new Explainer(small.input);
        explainer.explain(NO_EPISODES, part -> {});
        assertArrayEquals(small.old, small.input.learner().theta());
        double[] theta = small.old.clone();
        new TrpoUpdate(small.input.policy(), small.input.config().settings())
                .update(theta, small.input.batch(), small.input.annealed());
        assertArrayEquals(theta, explainer.newTheta());
        assertFalse(Arrays.equals(small.old, theta));
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theObjectiveAndConjugateGradientAgreeWithADirectComputation(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(6));
        Explanation explanation = new Explainer(small.input).explain(NO_EPISODES, part -> {});
        Objective objective = explanation.surroundings().orElseThrow().objective();
        double[] g = small.gradient();
        assertEquals(0, objective.surrogate(), VALUE);
        assertEquals(Vectors.norm(g), objective.gradientNorm(), 1e-7);
        double squares = objective.parts().stream()
                .mapToDouble(part -> part.gradientNorm() * part.gradientNorm())
                .sum();
        assertEquals(objective.gradientNorm(), Math.sqrt(squares), VALUE);

        Solution solution = region(explanation).solution();
        DMatrixRMaj h = damped(small.fisher());
        int n = solution.iterations().size();
        assertEquals(6, n);
        double[][] directions = new double[n][];
        double[] r = g.clone();
        double[] p = g.clone();
        for (int k = 0; k < n; k++) {
            Solution.Iteration found = solution.iterations().get(k);
            directions[k] = p.clone();
            double[] hp = times(h, p);
            double rr = Vectors.dot(r, r);
            double alpha = rr / Vectors.dot(p, hp);
            assertEquals(rr, found.rr(), SOLVED * rr);
            assertEquals(found.rr(), found.pr(), VALUE * rr);
            r = moved(r, -alpha, hp);
            double beta = Vectors.dot(r, r) / rr;
            p = moved(r, beta, p);
            assertEquals(alpha, found.alpha(), SOLVED * alpha);
            assertEquals(beta, found.beta(), SOLVED * beta);
            assertEquals(Vectors.norm(r) / Vectors.norm(g), found.residual(), SOLVED);
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double expected = Vectors.dot(directions[i], times(h, directions[j]))
                        / Math.sqrt(Vectors.dot(directions[i], times(h, directions[i]))
                                * Vectors.dot(directions[j], times(h, directions[j])));
                assertEquals(expected, solution.conjugacy()[i][j], SOLVED);
            }
        }
        assertTrue(solution.worstConjugacy() < 1e-8, "worst " + solution.worstConjugacy());
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theMultiplierAgreesWithADenseSolution(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(80));
        Multiplier multiplier = multiplier(small);
        DMatrixRMaj h = damped(small.fisher());
        double[] g = small.gradient();
        DMatrixRMaj x = new DMatrixRMaj(g.length, 1);
        assertTrue(CommonOps_DDRM.solve(h, new DMatrixRMaj(g.length, 1, true, g), x));
        double lambda = Math.sqrt(Vectors.dot(g, x.data) / (2 * 0.03));
        assertEquals(0.03, multiplier.delta(), VALUE);
        assertEquals(lambda, multiplier.lambda(), SOLVED * lambda);
        assertEquals(1 / lambda, multiplier.beta(), SOLVED / lambda);
        assertEquals(0.03, multiplier.divergence(), 1e-8);
        assertTrue(multiplier.stationarity() < 1e-8, "" + multiplier.stationarity());
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void theStationarityIsTheRelativeResidualIfConjugateGradientStopsEarly(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(2));
        UpdateTrace trace = trace(small);
        Multiplier multiplier = multiplier(small);
        double[] g = small.gradient();
        double[] remainder = moved(g, -1, times(damped(small.fisher()), trace.x()));
        double residual = Vectors.norm(remainder) / Vectors.norm(g);
        assertTrue(residual > 0.01, "residual " + residual);
        assertEquals(residual, multiplier.stationarity(), SOLVED);
        assertEquals(0.03, multiplier.divergence(), 1e-8);
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void modelsAndMeasuredValuesAlongTheStepFollowTheirDefinitions(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(10));
        UpdateTrace trace = trace(small);
        StepPath path = region(new Explainer(small.input).explain(NO_EPISODES, part -> {}))
                .path();
        DMatrixRMaj f = small.fisher();
        double[] g = small.gradient();
        assertEquals(1.5, path.points().get(path.points().size() - 1).fraction(), VALUE);
        for (StepPath.Point point : path.points()) {
            double[] d = StepPath.scaled(point.fraction() * trace.beta(), trace.x());
            double[] theta = small.along(1, d);
            assertEquals(small.divergence(theta), point.divergence().measured(), VALUE);
            assertEquals(small.surrogate(theta), point.gain().measured(), VALUE);
            assertEquals(Vectors.dot(d, times(f, d)) / 2, point.divergence().model(), SECOND);
            assertEquals(
                    Vectors.dot(d, times(damped(f), d)) / 2, point.divergence().damped(), SECOND);
            assertEquals(Vectors.dot(g, d), point.gain().model(), 1e-8);
        }
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void everyTryIsJudgedByTheMeasuredDivergenceAndGain(SmallUpdate.Kind kind) {
        // With so little damping, the full step is too long, and the line search must shorten it.
        SmallUpdate small = new SmallUpdate(kind, settings(30).with(TrustRegionSettings.CG_DAMPING, 1e-3));
        UpdateTrace trace = trace(small);
        Explainer explainer = new Explainer(small.input);
        List<LineSearchTry> tries =
                region(explainer.explain(NO_EPISODES, part -> {})).tries();
        double[] g = small.gradient();
        double fraction = 1;
        for (int i = 0; i < tries.size(); i++) {
            LineSearchTry attempt = tries.get(i);
            assertEquals(fraction, attempt.fraction());
            double[] theta = small.along(fraction * trace.beta(), trace.x());
            double divergence = small.divergence(theta);
            double gain = small.surrogate(theta);
            double predicted = fraction * trace.beta() * Vectors.dot(g, trace.x());
            assertEquals(divergence, attempt.point().divergence(), VALUE);
            assertEquals(gain, attempt.gain(), VALUE);
            assertEquals(predicted, attempt.expectedGain(), 1e-7);
            assertEquals(verdict(divergence, gain, predicted), attempt.verdict());
            assertEquals(i == tries.size() - 1, attempt.verdict() == LineSearchTry.Verdict.ACCEPTED);
            fraction *= 0.8;
        }
        assertTrue(tries.size() > 1, tries.toString());
        assertEquals(tries.get(tries.size() - 1).gain(), small.surrogate(explainer.newTheta()), VALUE);
    }

    private static LineSearchTry.Verdict verdict(double divergence, double gain, double predicted) {
        if (divergence > 0.03) {
            return LineSearchTry.Verdict.BEYOND_DELTA;
        }
        if (gain <= 0) {
            return LineSearchTry.Verdict.NO_GAIN;
        }
        return gain < 0.1 * predicted ? LineSearchTry.Verdict.TOO_LITTLE_GAIN : LineSearchTry.Verdict.ACCEPTED;
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void pointsAndValuesOfThePlaneFollowTheirDefinitions(SmallUpdate.Kind kind) {
        SmallUpdate small = new SmallUpdate(kind, settings(10));
        UpdateTrace trace = trace(small);
        Plane plane = new Explainer(small.input)
                .explain(NO_EPISODES, part -> {})
                .surroundings()
                .orElseThrow()
                .plane()
                .orElseThrow();
        double[] e1 = StepPath.scaled(1 / Vectors.norm(trace.g()), trace.g());
        double[] e2 = moved(trace.x(), -Vectors.dot(trace.x(), e1), e1);
        e2 = StepPath.scaled(1 / Vectors.norm(e2), e2);
        DMatrixRMaj f = small.fisher();
        int known = 0;
        for (Plane.Point point : plane.curves().divergence()) {
            if (!Double.isNaN(point.u())) {
                known++;
                assertEquals(0.03, small.divergence(small.along(1, at(point, e1, e2))), 1e-9);
            }
        }
        assertTrue(known > plane.curves().damped().size() / 2, known + " points");
        for (Plane.Point point : plane.curves().damped()) {
            double[] d = at(point, e1, e2);
            assertEquals(0.03, Vectors.dot(d, times(damped(f), d)) / 2, SECOND);
        }
        for (Plane.Point point : plane.curves().model()) {
            double[] d = at(point, e1, e2);
            assertEquals(0.03, Vectors.dot(d, times(f, d)) / 2, 1e-5);
        }
        Plane.Grid grid = plane.grid();
        for (int row = 0; row < grid.vs().length; row += 8) {
            for (int column = 0; column < grid.us().length; column += 8) {
                Plane.Point place = new Plane.Point(grid.us()[column], grid.vs()[row]);
                double[] theta = small.along(1, at(place, e1, e2));
                assertEquals(small.divergence(theta), grid.divergences()[row][column], VALUE);
                assertEquals(small.surrogate(theta), grid.gains()[row][column], VALUE);
            }
        }
        double[] gradientStep = at(plane.steps().gradient().place(), e1, e2);
        assertEquals(0.03, Vectors.dot(gradientStep, times(damped(f), gradientStep)) / 2, SECOND);
        assertArrayEquals(
                StepPath.scaled(trace.beta(), trace.x()),
                at(plane.steps().natural().place(), e1, e2),
                VALUE);
        assertArrayEquals(
                moved(new Explainer(small.input).newTheta(), -1, small.old),
                at(plane.steps().taken().place(), e1, e2),
                VALUE);
        assertEquals("delta", plane.bound().name());
        assertEquals(List.of(plane.steps().taken().place()), plane.steps().passes());
        for (Plane.End end : List.of(
                plane.steps().gradient(), plane.steps().natural(), plane.steps().taken())) {
            double[] d = at(end.place(), e1, e2);
            assertEquals(Vectors.norm(d), end.length(), VALUE);
            assertEquals(small.divergence(small.along(1, d)), end.divergence(), VALUE);
            assertEquals(small.surrogate(small.along(1, d)), end.gain(), VALUE);
        }
    }

    private static List<Arguments> updates() {
        return Arrays.stream(Algorithm.values())
                .flatMap(algorithm ->
                        Arrays.stream(SmallUpdate.Kind.values()).map(kind -> Arguments.of(kind, algorithm)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("updates")
    void theImprovementBoundUsesTheLargestAdvantageAndDivergenceOfTheBatch(SmallUpdate.Kind kind, Algorithm algorithm) {
        SmallUpdate small = new SmallUpdate(kind, settings(10).with(RunSettings.ALGORITHM, algorithm));
        Explainer explainer = new Explainer(small.input);
        Improvement improvement = explainer.explain(NO_EPISODES, part -> {}).improvement();
        double[] advantages = small.input.batch().advantages();
        double epsilon = 0;
        double klMax = 0;
        double gain = 0;
        for (int i = 0; i < SmallUpdate.SIZE; i++) {
            epsilon = Math.max(epsilon, Math.abs(advantages[i]));
            klMax = Math.max(klMax, small.divergence(explainer.newTheta(), i));
            gain += (small.ratio(explainer.newTheta(), i) - 1) * advantages[i] / SmallUpdate.SIZE;
        }
        Improvement.Bound bound = improvement.bound();
        assertEquals(0.99, bound.gamma());
        assertEquals(epsilon, bound.epsilon());
        assertEquals(klMax, bound.klMax(), VALUE);
        assertEquals(100 * gain, bound.gain(), 1e-8);
        assertEquals(4 * epsilon * 0.99 / (0.01 * 0.01), bound.coefficient(), 1e-6 * bound.coefficient());
        assertEquals(100 * gain - bound.coefficient() * klMax, bound.value(), 1e-6 * bound.coefficient());
        Estimate importance = improvement.importance();
        assertEquals(bound.gain(), importance.mean());
        assertTrue(importance.low() < importance.mean() && importance.mean() < importance.high());
    }

    private static Multiplier multiplier(SmallUpdate small) {
        return region(new Explainer(small.input).explain(NO_EPISODES, part -> {}))
                .multiplier();
    }

    private static Explanation.TrustRegion region(Explanation explanation) {
        return (Explanation.TrustRegion) explanation.way().orElseThrow();
    }

    private static UpdateTrace trace(SmallUpdate small) {
        UpdateTrace trace = new UpdateTrace();
        new TrpoUpdate(small.input.policy(), small.input.config().settings(), trace)
                .update(small.old.clone(), small.input.batch(), small.input.annealed());
        return trace;
    }

    private static double[] at(Plane.Point point, double[] e1, double[] e2) {
        return moved(StepPath.scaled(point.u(), e1), point.v(), e2);
    }

    private static DMatrixRMaj damped(DMatrixRMaj fisher) {
        DMatrixRMaj damped = fisher.copy();
        for (int i = 0; i < damped.numRows; i++) {
            damped.add(i, i, DAMPING);
        }
        return damped;
    }

    private static double[] times(DMatrixRMaj matrix, double[] v) {
        DMatrixRMaj product = new DMatrixRMaj(v.length, 1);
        CommonOps_DDRM.mult(matrix, new DMatrixRMaj(v.length, 1, true, v), product);
        return product.data;
    }

    private static double[] moved(double[] start, double scale, double[] direction) {
        double[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += scale * direction[i];
        }
        return moved;
    }
}
