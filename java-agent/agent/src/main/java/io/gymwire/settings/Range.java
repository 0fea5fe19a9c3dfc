// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

/**
 * An interval of numbers, e.g. {@code Range.of(0, 1).withoutMost()} for [0, 1). The help text shows the interval as
 * text. The error message about a number outside the interval also shows this text.
 */
public final class Range {

    /** All finite numbers. */
    static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, false, false, Double.NaN);

    private final double least;
    private final double most;
    private final boolean withLeast;
    private final boolean withMost;
    private final double gap; // a number between the ends that is not in the interval; NaN if there is none

    private Range(double least, double most, boolean withLeast, boolean withMost, double gap) {
        this.least = least;
        this.most = most;
        this.withLeast = withLeast;
        this.withMost = withMost;
        this.gap = gap;
    }

    /** [least, infinity). */
    public static Range atLeast(double least) {
        return new Range(least, Double.POSITIVE_INFINITY, true, false, Double.NaN);
    }

    /** (bound, infinity). */
    public static Range above(double bound) {
        return new Range(bound, Double.POSITIVE_INFINITY, false, false, Double.NaN);
    }

    /** [least, most]. */
    public static Range of(double least, double most) {
        return new Range(least, most, true, true, Double.NaN);
    }

    /** This interval without the number {@code least} itself. */
    public Range withoutLeast() {
        return new Range(least, most, false, withMost, gap);
    }

    /** This interval without the number {@code most} itself. */
    public Range withoutMost() {
        return new Range(least, most, withLeast, false, gap);
    }

    /** This interval without one number inside it. */
    public Range without(double number) {
        return new Range(least, most, withLeast, withMost, number);
    }

    /** Whether the interval contains a number; it never contains infinite numbers or NaN. */
    public boolean contains(double number) {
        boolean highEnough = withLeast ? number >= least : number > least;
        boolean lowEnough = withMost ? number <= most : number < most;
        return highEnough && lowEnough && number != gap && Double.isFinite(number);
    }

    /** The interval in words that follow "must", e.g. "lie in (0, 1]". */
    String rule() {
        return this == ALL ? "be a finite number" : (Double.isInfinite(most) ? "be " : "lie ") + this;
    }

    /** The interval in words that follow a comma, e.g. "in (0, 1]" or "at least 1"; empty if it has no limits. */
    @Override
    public String toString() {
        return this == ALL ? "" : interval() + (Double.isNaN(gap) ? "" : ", but not " + text(gap));
    }

    private String interval() {
        if (Double.isInfinite(most)) {
            return !withLeast ? "above " + text(least) : least == 0 ? "0 or more" : "at least " + text(least);
        }
        return "in " + (withLeast ? "[" : "(") + text(least) + ", " + text(most) + (withMost ? "]" : ")");
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
