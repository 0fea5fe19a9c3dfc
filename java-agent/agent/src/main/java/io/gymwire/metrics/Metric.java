// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import java.util.Optional;

/**
 * A number that a run records in each iteration. All metrics of a run are columns of {@code progress.csv}, scalars
 * of TensorBoard (except values that are NaN) and rows of the console's table. Some metrics are also in the console's
 * line or in the report's pictures.
 */
public final class Metric {

    private final String name;
    private final String text;
    private final boolean timing;
    private final LinePart linePart;
    private final Panel panel;

    /**
     * The form of a metric in the console's line.
     *
     * @param place a number that orders the parts of the line
     * @param text the text, with {@code %s} where the number goes, e.g. "KL %s"
     * @param format the format of the number, e.g. "%.4f"
     */
    public record LinePart(int place, String text, String format) {}

    private Metric(Builder builder) {
        this.name = builder.name;
        this.text = builder.text;
        this.timing = builder.timing;
        this.linePart = builder.linePart;
        this.panel = builder.panel;
    }

    /** The column's name, GROUP/NAME. If Stable-Baselines3 or sb3-contrib has the metric, this is its name there. */
    public String name() {
        return name;
    }

    /** The description of the metric, with its unit. */
    public String text() {
        return text;
    }

    /** Whether the metric measures the machine and not the learning. Its values then differ between identical runs. */
    public boolean isTiming() {
        return timing;
    }

    /** The metric's part of the console's line; empty if the line does not show the metric. */
    public Optional<LinePart> linePart() {
        return Optional.ofNullable(linePart);
    }

    /** The metric's picture in the report; empty if there is no picture. */
    public Optional<Panel> panel() {
        return Optional.ofNullable(panel);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A declaration of a metric. Call {@link #text} last. */
    public static final class Builder {

        private final MetricGroup group;
        private final String name;
        private String text;
        private boolean timing;
        private LinePart linePart;
        private Panel panel;

        Builder(MetricGroup group, String name) {
            this.group = group;
            this.name = name;
        }

        /** Marks the metric as a measure of the machine: see {@link Metric#isTiming}. */
        public Builder timing() {
            this.timing = true;
            return this;
        }

        /** Adds the metric to the console's line: see {@link LinePart}. */
        public Builder inLine(int place, String text, String format) {
            this.linePart = new LinePart(place, text, format);
            return this;
        }

        /** Adds a picture of the metric to the report. */
        public Builder drawn(Panel panel) {
            this.panel = panel;
            return this;
        }

        /** Sets the description of the metric, with its unit. */
        public Metric text(String text) {
            this.text = text;
            Metric metric = new Metric(this);
            group.add(metric);
            return metric;
        }
    }
}
