// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import java.util.Optional;

/** How the report draws a metric over environment steps. */
public final class Panel {

    private final String title;
    private final String axis;
    private boolean logarithmic;
    private int window = 1;
    private double least = Double.NaN;
    private double most = Double.NaN;
    private Metric limit;

    private Panel(String title, String axis) {
        this.title = title;
        this.axis = axis;
    }

    /**
     * A picture with a linear axis as long as the values need.
     *
     * @param axis the unit, or what the numbers are relative to; may be empty
     */
    public static Panel of(String title, String axis) {
        return new Panel(title, axis);
    }

    /** With a logarithmic axis. */
    public Panel logarithmic() {
        this.logarithmic = true;
        return this;
    }

    /** With the mean over the last {@code window} iterations. */
    public Panel smoothed(int window) {
        this.window = window;
        return this;
    }

    /** The axis begins at 0, or lower if the values do, but not below {@code least}. */
    public Panel from(double least) {
        this.least = least;
        return this;
    }

    /** The axis ends here. */
    public Panel to(double most) {
        this.most = most;
        return this;
    }

    /** With another metric as a dashed line, which this one should stay below. */
    public Panel below(Metric limit) {
        this.limit = limit;
        return this;
    }

    /** The title. */
    public String title() {
        return title;
    }

    /** The axis' name; may be empty. */
    public String axis() {
        return axis;
    }

    /** Whether the axis is logarithmic. */
    public boolean isLogarithmic() {
        return logarithmic;
    }

    /** Iterations that a point is the mean of. */
    public int window() {
        return window;
    }

    /** Where the axis begins at the lowest; NaN if the values alone say it. */
    public double least() {
        return least;
    }

    /** Where the axis ends; NaN if the values say it. */
    public double most() {
        return most;
    }

    /** What is drawn as a limit. */
    public Optional<Metric> limit() {
        return Optional.ofNullable(limit);
    }
}
