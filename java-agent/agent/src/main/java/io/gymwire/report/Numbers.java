// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.report.Bootstrap.Interval;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * Writes numbers as text for people. A number that is not finite becomes a dash, but a standard deviation that is not
 * finite is left out.
 */
final class Numbers {

    static final String NONE = "–";

    private static final int DIGITS = 3;

    private Numbers() {}

    /** A return as text: with one decimal if its absolute value is at least 100, otherwise with two decimals. */
    static String score(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        return rounded(value, value);
    }

    /** A mean and a standard deviation with the same number of decimals. A deviation that is not finite is left out. */
    static String spread(double mean, double std) {
        return score(mean) + (!Double.isFinite(std) ? "" : " ± " + rounded(std, mean));
    }

    private static String rounded(double value, double like) {
        return String.format(Locale.ROOT, Math.abs(like) >= 100 ? "%.1f" : "%.2f", value);
    }

    static String interval(Interval interval) {
        return interval.isKnown() ? "[" + score(interval.low()) + ", " + score(interval.high()) + "]" : NONE;
    }

    /** A number with k for thousands and M for millions: 950, 42k, 300.3k, 1M. */
    static String si(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        double size = Math.abs(value);
        if (size >= 999_950) {
            return shortest(value / 1e6) + "M";
        }
        return size >= 999.95 ? shortest(value / 1e3) + "k" : shortest(value);
    }

    /** A number rounded to three significant digits, without zeros at the end of decimals: 0.0401, 1.23, 0.00052. */
    static String digits(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(value)
                        .round(new MathContext(DIGITS))
                        .stripTrailingZeros()
                        .toPlainString()
                : NONE;
    }

    /** A share in percent, for example 1.7 %. */
    static String percent(double share) {
        if (!Double.isFinite(share)) {
            return NONE;
        }
        String rounded = shortest(100 * share);
        return (share > 0 && rounded.equals("0") ? "< 0.1" : rounded) + " %";
    }

    /** A duration as text, for example 41 s, 3:25 min, 1:03 h. */
    static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60);
    }

    private static String shortest(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", "");
    }
}
