// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.Panel;

/** Metrics of the trust region's update; symbols as in {@link TrpoUpdate}. */
public final class TrustRegionMetrics {

    public static final MetricGroup GROUP = new MetricGroup();

    /** Updates that the share of successful line searches is taken over. */
    private static final int WINDOW = 20;

    public static final Metric POLICY_OBJECTIVE =
            GROUP.metric("train/policy_objective").text("surrogate L at the parameters kept");

    public static final Metric EXPECTED_IMPROVEMENT = GROUP.metric("train/expected_improvement")
            .text("g'(theta_new - theta_old), the gain of L that the gradient promises; for the full step when none"
                    + " was taken");

    public static final Metric ACTUAL_IMPROVEMENT =
            GROUP.metric("train/actual_improvement").text("L(theta_new) - L(theta_old)");

    public static final Metric DELTA =
            GROUP.metric("train/delta").text("bound on the mean KL divergence in force, in nats");

    public static final Metric KL_DIVERGENCE = GROUP.metric("train/kl_divergence_loss")
            .inLine(3, "KL %s", "%.4f")
            .drawn(Panel.of("KL divergence of an update", "nats").from(0).below(DELTA))
            .text("mean KL(old || new) over the batch's states, in nats");

    public static final Metric LINE_SEARCH_SUCCESS = GROUP.metric("train/is_line_search_success")
            .drawn(Panel.of("Successful line searches", "share of the last " + WINDOW + " updates")
                    .smoothed(WINDOW)
                    .from(0)
                    .to(1.05))
            .text("1 if a step was taken, else 0");

    public static final Metric LINE_SEARCH_STEPS =
            GROUP.metric("train/line_search_steps").text("step lengths that the line search rejected");

    public static final Metric STEP_SCALE = GROUP.metric("train/step_scale")
            .text("shrink^j beta, the factor from conjugate gradient's solution to the step taken; 0 when none was");

    public static final Metric LAGRANGE_MULTIPLIER = GROUP.metric("train/lagrange_multiplier")
            .text("1 / beta = sqrt(x'(F + damping I)x / (2 delta)), the multiplier of the KL constraint in the"
                    + " quadratic model");

    public static final Metric CG_ITERATIONS =
            GROUP.metric("train/cg_iterations").text("conjugate gradient iterations");

    public static final Metric CG_RESIDUAL = GROUP.metric("train/cg_residual")
            .drawn(Panel.of("Conjugate gradient residual", "relative to the gradient")
                    .logarithmic())
            .text("|r| / |g| of conjugate gradient's solution");

    public static final Metric GRADIENT_NORM = GROUP.metric("train/grad_norm").text("|g|");

    public static final Metric STEP_NORM = GROUP.metric("train/step_norm")
            .text("|shrink^j beta x|, the norm of the step along the search direction; theta moves less where a"
                    + " parameter is held at its bound");

    public static final Metric ENTROPY =
            GROUP.metric("train/entropy").text("mean entropy of the policy kept over the batch's states, in nats");

    private TrustRegionMetrics() {}
}
