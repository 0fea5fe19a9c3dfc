// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of the metrics in one iteration. A metric that was not measured has no value; {@code progress.csv} then
 * has an empty field.
 */
public final class MetricValues {

    private final Map<String, Number> values = new LinkedHashMap<>();

    /** The metrics of {@code groups}, without values yet. */
    public MetricValues(List<MetricGroup> groups) {
        groups.forEach(group -> group.metrics().forEach(metric -> values.put(metric.name(), Double.NaN)));
    }

    /**
     * Sets a value.
     *
     * @throws IllegalArgumentException if no group has the metric
     */
    public void put(Metric metric, Number value) {
        if (values.replace(metric.name(), value) == null) {
            throw new IllegalArgumentException(metric + " is not among the metrics of this run: " + values.keySet());
        }
    }

    /** The value of a metric; NaN if the metric has no value, or if no group has the metric. */
    public double get(Metric metric) {
        Number value = values.get(metric.name());
        return value == null ? Double.NaN : value.doubleValue();
    }

    /** The values by name, in the order of the groups; NaN for a metric without a value. */
    public Map<String, Number> byName() {
        return Collections.unmodifiableMap(values);
    }
}
