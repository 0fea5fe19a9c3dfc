// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.util.Locale;

/**
 * A goal and how far it was reached.
 *
 * @param what is measured
 * @param figure measured
 * @param goal the least figure that meets the target, or the greatest
 * @param atLeast whether the goal is a least figure
 * @param unit behind both numbers, e.g. "x"
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
