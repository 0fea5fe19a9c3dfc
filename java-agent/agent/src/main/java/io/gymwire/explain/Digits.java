// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text for readers. */
final class Digits {

    private static final double LARGE = 1e5;
    private static final double SMALL = 1e-3;
    private static final int SIGNIFICANT = 5;

    private Digits() {}

    /** Five significant digits; a dash where there is no number. */
    static String of(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size >= LARGE || size < SMALL) {
            return String.format(Locale.ROOT, "%.3e", value);
        }
        int decimals = Math.max(0, SIGNIFICANT - 1 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The rough size: a whole number as it is, any other number with one digit and the power of ten. */
    static String rough(double value) {
        double rounded = Math.rint(value);
        boolean whole = rounded == value || Math.abs(rounded) == 1 && Math.abs(value - rounded) < 1e-12;
        return whole ? String.valueOf((long) rounded) : String.format(Locale.ROOT, "%.0e", value);
    }

    /** The label of an axis or a contour: at most three digits, as few as needed. */
    static String tick(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
        double size = Math.abs(value);
        return size >= LARGE || size < SMALL ? rounded.toString().replace('E', 'e') : rounded.toPlainString();
    }

    /** All digits, for programs; empty where there is no number. */
    static String full(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }
}
