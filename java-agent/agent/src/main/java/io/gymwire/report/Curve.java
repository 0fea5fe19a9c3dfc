// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A quantity over the course of a run.
 *
 * @param steps environment steps, ascending
 * @param values the value at each of {@code steps}; finite
 */
record Curve(double[] steps, double[] values) {

    /** A curve of the points whose step and value are finite. */
    static Curve of(double[] steps, double[] values) {
        int[] known = IntStream.range(0, steps.length)
                .filter(i -> Double.isFinite(steps[i]) && Double.isFinite(values[i]))
                .toArray();
        return new Curve(
                Arrays.stream(known).mapToDouble(i -> steps[i]).toArray(),
                Arrays.stream(known).mapToDouble(i -> values[i]).toArray());
    }

    boolean isEmpty() {
        return steps.length == 0;
    }

    double first() {
        return steps[0];
    }

    double last() {
        return steps[steps.length - 1];
    }

    /** The points of the curve at {@code step} and after it. */
    Curve from(double step) {
        int begin = (int) Arrays.stream(steps).takeWhile(each -> each < step).count();
        return new Curve(
                Arrays.copyOfRange(steps, begin, steps.length), Arrays.copyOfRange(values, begin, values.length));
    }

    /** Whether another curve has all points of this curve. */
    boolean isPartOf(Curve other) {
        return IntStream.range(0, steps.length).allMatch(i -> {
            int found = Arrays.binarySearch(other.steps, steps[i]);
            return found >= 0 && other.values[found] == values[i];
        });
    }

    /**
     * The value at a step, linearly interpolated between points. A step before the first point gets the
     * first value, and a step after the last point gets the last value.
     */
    double at(double step) {
        int found = Arrays.binarySearch(steps, step);
        if (found >= 0) {
            return values[found];
        }
        int above = -found - 1;
        if (above == 0 || above == steps.length) {
            return values[Math.max(0, above - 1)];
        }
        double part = (step - steps[above - 1]) / (steps[above] - steps[above - 1]);
        return values[above - 1] + part * (values[above] - values[above - 1]);
    }

    /** The running mean over the last {@code window} values, or over all values so far if there are fewer. */
    Curve smoothed(int window) {
        double[] means = new double[values.length];
        Arrays.setAll(means, i -> Statistics.mean(Arrays.copyOfRange(values, Math.max(0, i + 1 - window), i + 1)));
        return new Curve(steps, means);
    }

    /** The index of the highest value, the first one of equal values; -1 for an empty curve. */
    int highest() {
        return IntStream.range(0, values.length)
                .reduce((a, b) -> values[b] > values[a] ? b : a)
                .orElse(-1);
    }
}
