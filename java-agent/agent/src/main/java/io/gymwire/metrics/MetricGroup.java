// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import io.gymwire.settings.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Metrics that one part of the program measures together, in the order of their columns in progress.csv. */
public final class MetricGroup {

    private final List<Metric> metrics = new ArrayList<>();
    private final Map<Metric, Setting<Double>> limits = new HashMap<>();

    /** Begins the declaration of a metric; {@link Metric.Builder#text} ends it. */
    public Metric.Builder metric(String name) {
        return new Metric.Builder(this, name);
    }

    /** Adds a metric that another group declares. Returns the metric. */
    public Metric with(Metric metric) {
        add(metric);
        return metric;
    }

    /**
     * Adds a metric that another group declares, with a limit that holds only in this group. Returns the metric.
     *
     * @param limit the setting whose value is the limit; the metric should stay below this value
     */
    public Metric with(Metric metric, Setting<Double> limit) {
        limits.put(metric, limit);
        return with(metric);
    }

    /** A new group with the metrics that this group has so far, without {@code others}. */
    public MetricGroup without(Metric... others) {
        MetricGroup rest = new MetricGroup();
        rest.limits.putAll(limits);
        metrics.stream().filter(metric -> !List.of(others).contains(metric)).forEach(rest::add);
        return rest;
    }

    void add(Metric metric) {
        metrics.add(metric);
    }

    /** The setting that limits a metric in this group; empty if no setting limits the metric. */
    public Optional<Setting<Double>> limit(Metric metric) {
        return Optional.ofNullable(limits.get(metric));
    }

    /** The metrics in order. */
    public List<Metric> metrics() {
        return Collections.unmodifiableList(metrics);
    }
}
