// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Writes numbers as text, for the pages, pictures and files of an explanation. */
final class NumberText {

    private static final double LARGE = 1e5;
    private static final double SMALL = 1e-3;
    private static final int SIGNIFICANT = 5;

    private NumberText() {}

    /**
     * The value with five significant digits. It has six only if it is rounded up to a power of ten. If its absolute
     * value is at least {@link #LARGE} or less than {@link #SMALL}, it has four digits and an exponent. Zero gives 0,
     * NaN gives a dash, and an infinite value gives ∞ or −∞.
     */
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

    /**
     * The value as a short text. The value must be between -2^63 and 2^63. A whole number stays as it is, and a number
     * that differs from 1 or -1 only by rounding errors is shown as 1 or -1. Any other number has one digit and an
     * exponent: 6e-09.
     */
    static String rough(double value) {
        double rounded = Math.rint(value);
        boolean whole = rounded == value || Math.abs(rounded) == 1 && Math.abs(value - rounded) < 1e-12;
        return whole ? String.valueOf((long) rounded) : String.format(Locale.ROOT, "%.0e", value);
    }

    /** The label of a tick or a contour, with three significant digits, and no zeros at the end of a fraction. */
    static String tick(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
        double size = Math.abs(value);
        return size >= LARGE || size < SMALL ? rounded.toString().replace('E', 'e') : rounded.toPlainString();
    }

    /** The value with all its digits, for programs. NaN gives an empty text. */
    static String full(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }
}
