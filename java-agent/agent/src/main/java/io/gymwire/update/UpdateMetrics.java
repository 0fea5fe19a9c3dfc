// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.Panel;

/**
 * Metrics that several algorithms share. Each algorithm has its own metric group, for example {@code PpoMetrics.GROUP}.
 * The algorithm's group contains the shared metrics that the algorithm measures, and the algorithm's own metrics.
 */
public final class UpdateMetrics {

    private static final MetricGroup GROUP = new MetricGroup();

    public static final Metric POLICY_OBJECTIVE = GROUP.metric("train/policy_objective")
            .text("surrogate L, with the bonus of --entropy and without clipping, at the parameters that the update"
                    + " kept");

    public static final Metric ACTUAL_IMPROVEMENT =
            GROUP.metric("train/actual_improvement").text("L(theta_new) - L(theta_old)");

    public static final Metric DELTA =
            GROUP.metric("train/delta").text("current bound on the mean KL divergence, in nats");

    public static final Metric KL_DIVERGENCE = GROUP.metric("train/kl_divergence_loss")
            .inLine(3, "KL %s", "%.4f")
            .drawn(Panel.of("KL divergence of an update", "nats").from(0).below(DELTA))
            .text("mean KL(old || new) over the batch's states, in nats");

    public static final Metric GRADIENT_NORM = GROUP.metric("train/grad_norm")
            .text("norm |g| of the gradient; with minibatches, the mean norm over all minibatches of all passes, before"
                    + " --max-grad-norm limits it");

    public static final Metric ENTROPY = GROUP.metric("train/entropy")
            .text("mean entropy of the policy that the update kept, over the batch's states, in nats");

    private UpdateMetrics() {}
}
