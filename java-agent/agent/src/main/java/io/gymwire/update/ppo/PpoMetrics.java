// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.Panel;
import io.gymwire.update.UpdateMetrics;

/** Metrics of proximal policy optimisation. {@link PpoUpdate} explains the symbols. */
public final class PpoMetrics {

    public static final MetricGroup GROUP = new MetricGroup();

    public static final Metric POLICY_OBJECTIVE = GROUP.with(UpdateMetrics.POLICY_OBJECTIVE);

    public static final Metric ACTUAL_IMPROVEMENT = GROUP.with(UpdateMetrics.ACTUAL_IMPROVEMENT);

    public static final Metric KL_DIVERGENCE = GROUP.with(UpdateMetrics.KL_DIVERGENCE, PpoSettings.TARGET_KL);

    public static final Metric POLICY_GRADIENT_LOSS = GROUP.metric("train/policy_gradient_loss")
            .text("minus the surrogate (clipped if there is no penalty), without the terms of entropy and penalty:"
                    + " mean over all minibatches, each measured before its step");

    public static final Metric EPOCH_KL = GROUP.metric("train/approx_kl")
            .text("mean KL(old || theta) over the last pass, each minibatch measured before its step, in nats; without"
                    + " --kl-penalty, no pass follows if this KL exceeds 1.5 times --target-kl");

    public static final Metric CLIP_FRACTION = GROUP.metric("train/clip_fraction")
            .drawn(Panel.of("Probability ratios beyond the clip range", "share of the samples")
                    .from(0))
            .text("share of the samples, over all minibatches, with a ratio beyond the clip range; empty with"
                    + " --kl-penalty");

    public static final Metric KL_PENALTY =
            GROUP.metric("train/kl_penalty").text("beta, the penalty coefficient in this update; empty with clipping");

    public static final Metric EPOCHS = GROUP.metric("train/policy_epochs").text("passes over the batch");

    public static final Metric LEARNING_RATE =
            GROUP.metric("train/learning_rate").text("Adam's step size for the policy");

    public static final Metric GRADIENT_NORM = GROUP.with(UpdateMetrics.GRADIENT_NORM);

    public static final Metric ENTROPY = GROUP.with(UpdateMetrics.ENTROPY);

    private PpoMetrics() {}
}
