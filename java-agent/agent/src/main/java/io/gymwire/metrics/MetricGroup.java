// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Metrics that are measured in one place, in the order of their columns. */
public final class MetricGroup {

    private final List<Metric> metrics = new ArrayList<>();

    /** Declares a metric. */
    public Metric.Builder metric(String name) {
        return new Metric.Builder(this, name);
    }

    /** Adds a metric that another group declares and that is measured here too; returns it. */
    public Metric with(Metric metric) {
        add(metric);
        return metric;
    }

    /** A new group of the metrics declared so far, without {@code others}. */
    public MetricGroup without(Metric... others) {
        MetricGroup rest = new MetricGroup();
        metrics.stream().filter(metric -> !List.of(others).contains(metric)).forEach(rest::add);
        return rest;
    }

    void add(Metric metric) {
        metrics.add(metric);
    }

    /** The metrics in order. */
    public List<Metric> metrics() {
        return Collections.unmodifiableList(metrics);
    }
}
