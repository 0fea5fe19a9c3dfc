// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.Panel;
import io.gymwire.update.UpdateMetrics;

/**
 * Metrics of updates along the natural gradient. {@link NaturalUpdate} explains the symbols, except L
 * ({@link io.gymwire.update.Surrogate}), shrink and j ({@link LineSearch}), and r ({@link ConjugateGradient}).
 */
public final class TrustRegionMetrics {

    /** The metrics of {@link TrpoUpdate}. */
    public static final MetricGroup GROUP = new MetricGroup();

    /** The number of updates over which the share of successful line searches is computed. */
    private static final int WINDOW = 20;

    public static final Metric POLICY_OBJECTIVE = GROUP.with(UpdateMetrics.POLICY_OBJECTIVE);

    public static final Metric EXPECTED_IMPROVEMENT = GROUP.metric("train/expected_improvement")
            .text("g'(theta_new - theta_old), the gain of L that the gradient predicts for the step taken; if no step"
                    + " was taken, the predicted gain of the full step, or 0 if there was no line search");

    public static final Metric ACTUAL_IMPROVEMENT = GROUP.with(UpdateMetrics.ACTUAL_IMPROVEMENT);

    public static final Metric DELTA = GROUP.with(UpdateMetrics.DELTA);

    public static final Metric KL_DIVERGENCE = GROUP.with(UpdateMetrics.KL_DIVERGENCE);

    public static final Metric LINE_SEARCH_SUCCESS = GROUP.metric("train/is_line_search_success")
            .drawn(Panel.of("Successful line searches", "share of the last " + WINDOW + " updates")
                    .smoothed(WINDOW)
                    .from(0)
                    .to(1.05))
            .text("1 if a step was taken, else 0");

    public static final Metric LINE_SEARCH_STEPS =
            GROUP.metric("train/line_search_steps").text("number of step lengths that the line search rejected");

    public static final Metric STEP_SCALE = GROUP.metric("train/step_scale")
            .text("the step along the search direction divided by conjugate gradient's solution x. This is shrink^j"
                    + " beta: shrink is --line-search-shrink, and j is the number of step lengths that the line search"
                    + " rejected (0 without a line search). The value is 0 if no step was taken");

    public static final Metric LAGRANGE_MULTIPLIER = GROUP.metric("train/lagrange_multiplier")
            .text("1 / beta = sqrt(x'(F + damping I)x / (2 delta)), the multiplier of the KL constraint in the"
                    + " quadratic model");

    public static final Metric CG_ITERATIONS =
            GROUP.metric("train/cg_iterations").text("conjugate gradient iterations");

    public static final Metric CG_RESIDUAL = GROUP.metric("train/cg_residual")
            .drawn(Panel.of("Conjugate gradient residual", "relative to the gradient")
                    .logarithmic())
            .text("|r| / |g| of conjugate gradient's solution");

    public static final Metric GRADIENT_NORM = GROUP.with(UpdateMetrics.GRADIENT_NORM);

    public static final Metric STEP_NORM = GROUP.metric("train/step_norm")
            .text("|shrink^j beta x|, the norm of the step along the search direction; theta changes less if a"
                    + " parameter, such as the logarithm of a standard deviation, is kept inside its allowed range");

    public static final Metric ENTROPY = GROUP.with(UpdateMetrics.ENTROPY);

    /** The metrics of {@link NpgUpdate}, which has no line search. */
    public static final MetricGroup NPG = GROUP.without(LINE_SEARCH_SUCCESS, LINE_SEARCH_STEPS);

    private TrustRegionMetrics() {}
}
