// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.metrics.MetricValues;
import io.gymwire.update.Advantages;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import java.util.Optional;

/**
 * The full report of one update. The update sets the values one by one. Other classes explain the symbols:
 * {@link NaturalUpdate} explains g, x, beta and delta; {@link Surrogate} explains L and KL; {@link LineSearch} explains
 * shrink and j; {@link ConjugateGradient} explains r.
 */
public final class UpdateReport implements PolicyUpdate.Report {

    private static final double[] NONE = {};
    private static final Surrogate.Point UNKNOWN = new Surrogate.Point(Double.NaN, 0, Double.NaN);

    private final double delta;
    private final boolean searches;
    private Outcome outcome;
    private Surrogate.Point before = UNKNOWN;
    private Surrogate.Point after = UNKNOWN;
    private double gradientNorm = Double.NaN;
    private double[] cgResiduals = NONE;
    private double fullScale = Double.NaN;
    private double fraction;
    private double stepNorm;
    private double expectedGain;
    private int backtracks;
    private Times times = new Times(0, 0, 0);

    /** The times that the parts of one update took, in seconds; 0 if the update ended before the step. */
    public record Times(double gradientSeconds, double solutionSeconds, double searchSeconds) {}

    /** The outcome of an update. */
    public enum Outcome {
        /** The line search accepted a step. */
        IMPROVED("the policy was improved"),
        /** The full step was taken, without a check of its result. */
        FULL_STEP("the full step was taken"),
        /** No step length passed the line search; the old policy stays. */
        LINE_SEARCH_FAILED("no step length kept the KL bound and improved the surrogate enough"),
        /** There is no entropy bonus, and all advantages are equal, so no action is better; the old policy stays. */
        CONSTANT_ADVANTAGES(Advantages.EQUAL),
        /** The gradient is zero; the old policy stays. */
        ZERO_GRADIENT("the surrogate's gradient is zero"),
        /**
         * An advantage, the gradient, the search direction or the step's length is NaN or infinite. Or the number
         * x'(F + damping I)x is not positive, so no step has the wanted length. The old policy stays.
         */
        NOT_FINITE("an advantage, the gradient, the search direction or the step's length is not finite");

        private final String sentence;

        Outcome(String sentence) {
            this.sentence = sentence;
        }

        /** The outcome as a sentence for people. */
        public String sentence() {
            return sentence;
        }
    }

    /** @param searches whether the update has a line search */
    UpdateReport(double delta, boolean searches) {
        this.delta = delta;
        this.searches = searches;
    }

    /**
     * Sets the values at theta_old. Until a step is taken, they are also the values at the parameters that are kept.
     */
    void start(Surrogate.Point point) {
        before = point;
        after = new Surrogate.Point(point.surrogate(), 0, point.entropy());
    }

    void gradient(double norm) {
        gradientNorm = norm;
    }

    /** @param scale beta, the factor from the solution to the full step */
    void solution(ConjugateGradient.Result solution, double scale) {
        cgResiduals = solution.residualNorms();
        fullScale = scale;
    }

    /** @param fullStepNorm |beta x| */
    void search(LineSearch.Result found, double fullStepNorm) {
        outcome = found.accepted() ? Outcome.IMPROVED : Outcome.LINE_SEARCH_FAILED;
        after = found.point();
        expectedGain = found.expectedGain();
        backtracks = found.backtracks();
        fraction = found.stepFraction();
        stepNorm = fraction * fullStepNorm;
    }

    /** @param stepNorm |beta x| */
    void fullStep(Surrogate.Point point, double expectedGain, double stepNorm) {
        this.outcome = Outcome.FULL_STEP;
        this.after = point;
        this.expectedGain = expectedGain;
        this.fraction = 1;
        this.stepNorm = stepNorm;
    }

    /** The report of an update that ends without a step. */
    UpdateReport unchanged(Outcome why) {
        outcome = why;
        return this;
    }

    void times(Times times) {
        this.times = times;
    }

    @Override
    public void measure(MetricValues values) {
        values.put(TrustRegionMetrics.POLICY_OBJECTIVE, surrogateAfter());
        values.put(TrustRegionMetrics.EXPECTED_IMPROVEMENT, expectedGain);
        values.put(TrustRegionMetrics.ACTUAL_IMPROVEMENT, actualGain());
        values.put(TrustRegionMetrics.DELTA, delta);
        values.put(TrustRegionMetrics.KL_DIVERGENCE, divergence());
        if (searches) {
            values.put(TrustRegionMetrics.LINE_SEARCH_SUCCESS, changed() ? 1 : 0);
            values.put(TrustRegionMetrics.LINE_SEARCH_STEPS, backtracks);
        }
        values.put(TrustRegionMetrics.STEP_SCALE, stepScale());
        values.put(TrustRegionMetrics.LAGRANGE_MULTIPLIER, lagrangeMultiplier());
        values.put(TrustRegionMetrics.CG_ITERATIONS, Math.max(0, cgResiduals.length - 1));
        values.put(TrustRegionMetrics.CG_RESIDUAL, relativeResidual());
        values.put(TrustRegionMetrics.GRADIENT_NORM, gradientNorm);
        values.put(TrustRegionMetrics.STEP_NORM, stepNorm);
        values.put(TrustRegionMetrics.ENTROPY, entropy());
    }

    /**
     * The reason why no update was possible. A failed line search has no remark: it is nothing unusual, and
     * {@code progress.csv} records it.
     */
    @Override
    public Optional<String> remark() {
        boolean ordinary = changed() || outcome == Outcome.LINE_SEARCH_FAILED;
        return ordinary ? Optional.empty() : Optional.of(outcome.sentence());
    }

    /** Whether the policy changed. */
    public boolean changed() {
        return outcome == Outcome.IMPROVED || outcome == Outcome.FULL_STEP;
    }

    /** The outcome of the update. */
    public Outcome outcome() {
        return outcome;
    }

    /** delta, in nats. */
    public double divergenceLimit() {
        return delta;
    }

    /** L(theta_old). If all samples have the weight 1, it is only the entropy bonus, because advantages have mean 0. */
    public double surrogateBefore() {
        return before.surrogate();
    }

    /** L at the parameters that are kept. */
    public double surrogateAfter() {
        return after.surrogate();
    }

    /** L(theta_new) - L(theta_old). */
    public double actualGain() {
        return surrogateAfter() - surrogateBefore();
    }

    /**
     * The gain that the gradient predicts for the step taken, or for the full step if the line search failed; 0 if the
     * update ended before the step.
     */
    public double expectedGain() {
        return expectedGain;
    }

    /** Mean KL(old || new) at the parameters that are kept, in nats. */
    public double divergence() {
        return after.divergence();
    }

    /** Mean entropy of the policy that is kept, in nats. */
    public double entropy() {
        return after.entropy();
    }

    /** |g|; 0 if the update ended because the advantages are constant, NaN if the batch is not finite. */
    public double gradientNorm() {
        return gradientNorm;
    }

    /**
     * |shrink^j beta x|, the norm of the step along the search direction, before parameters are moved into their
     * allowed range; 0 if no step was taken.
     */
    public double stepNorm() {
        return stepNorm;
    }

    /** The step taken divided by conjugate gradient's solution x: shrink^j beta; 0 if no step was taken. */
    public double stepScale() {
        return fraction == 0 ? 0 : fraction * fullScale;
    }

    /** 1 / beta, the multiplier of the KL constraint in the quadratic model; NaN if there is no solution. */
    public double lagrangeMultiplier() {
        return 1 / fullScale;
    }

    /** The number of step lengths that the line search rejected. */
    public int backtracks() {
        return backtracks;
    }

    /**
     * |r| before conjugate gradient's first iteration and after each iteration; empty if conjugate gradient did not
     * run.
     */
    public double[] cgResiduals() {
        return cgResiduals;
    }

    /** |r| / |g| of conjugate gradient's solution; NaN if conjugate gradient did not run. */
    public double relativeResidual() {
        return cgResiduals.length == 0 ? Double.NaN : cgResiduals[cgResiduals.length - 1] / cgResiduals[0];
    }

    /** The times of the update's parts. */
    public Times times() {
        return times;
    }
}
