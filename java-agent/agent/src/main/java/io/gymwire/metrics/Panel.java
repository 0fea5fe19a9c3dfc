// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import java.util.Optional;

/** The picture of a metric over environment steps in the report. In this class, "the axis" is the vertical axis. */
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
     * A picture with a linear axis that covers the range of the values.
     *
     * @param axis the name of the axis: the unit, or what the numbers are relative to; can be empty
     */
    public static Panel of(String title, String axis) {
        return new Panel(title, axis);
    }

    /** Makes the axis logarithmic. */
    public Panel logarithmic() {
        this.logarithmic = true;
        return this;
    }

    /** Draws the mean over the last {@code window} iterations. */
    public Panel smoothed(int window) {
        this.window = window;
        return this;
    }

    /** Lets the axis begin at 0, or at the lowest value if this value is negative, but never below {@code least}. */
    public Panel from(double least) {
        this.least = least;
        return this;
    }

    /** Lets the axis end at {@code most}. */
    public Panel to(double most) {
        this.most = most;
        return this;
    }

    /** Adds another metric as a dashed line. The panel's own metric should stay below this line. */
    public Panel below(Metric limit) {
        this.limit = limit;
        return this;
    }

    /** The title. */
    public String title() {
        return title;
    }

    /** The axis' name; can be empty. */
    public String axis() {
        return axis;
    }

    /** Whether the axis is logarithmic. */
    public boolean isLogarithmic() {
        return logarithmic;
    }

    /** Each point shows the mean over this number of iterations. */
    public int window() {
        return window;
    }

    /** The lowest possible start of the axis; NaN if the axis begins at the lowest value. */
    public double least() {
        return least;
    }

    /** The end of the axis; NaN if the axis ends at the highest value. */
    public double most() {
        return most;
    }

    /** The metric that is drawn as a limit. */
    public Optional<Metric> limit() {
        return Optional.ofNullable(limit);
    }
}
