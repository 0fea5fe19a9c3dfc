// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;

/** Metrics of distributions; each distribution records only the metrics that apply to it. */
public final class DistributionMetrics {

    public static final MetricGroup GROUP = new MetricGroup();

    public static final Metric STD = GROUP.metric("train/std")
            .text(
                    "mean standard deviation of a Gaussian policy, in units of half the action range (in units of 1 if this"
                            + " range is infinite)");

    private DistributionMetrics() {}
}
