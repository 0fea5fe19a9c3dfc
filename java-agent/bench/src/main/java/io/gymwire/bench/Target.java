// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.util.Locale;

/**
 * A target for a measurement, and the figure that was measured.
 *
 * @param what the name of the measurement
 * @param figure the measured figure
 * @param goal the smallest or the largest figure that meets the target
 * @param atLeast whether the goal is the smallest figure that meets the target, and not the largest
 * @param unit the text after both numbers, e.g. "x"
 */
record Target(String what, double figure, double goal, boolean atLeast, String unit) {

    static Target atLeast(String what, double figure, double goal, String unit) {
        return new Target(what, figure, goal, true, unit);
    }

    static Target atMost(String what, double figure, double goal, String unit) {
        return new Target(what, figure, goal, false, unit);
    }

    boolean met() {
        return atLeast ? figure >= goal : figure <= goal;
    }

    /** The cells of a table: what, figure, goal, verdict. */
    String[] cells() {
        return new String[] {what, text(figure), (atLeast ? ">= " : "<= ") + text(goal), met() ? "met" : "missed"};
    }

    private String text(double number) {
        return String.format(Locale.ROOT, "%.2f%s", number, unit);
    }
}
