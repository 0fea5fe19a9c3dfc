// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.Metric.LinePart;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The line that shows the progress of a training run. */
public final class ProgressLine {
    private static final int MIN_BAR = 5; // characters
    private static final int MAX_BAR = 30;

    /** The metrics in the line, in the order in which the line shows them. */
    private static final List<Metric> PARTS = RunMetrics.all().stream()
            .filter(metric -> metric.linePart().isPresent())
            .sorted(Comparator.comparingInt(metric -> metric.linePart().get().place()))
            .toList();

    private final long totalSteps;

    /** @param totalSteps environment steps of the whole run */
    public ProgressLine(long totalSteps) {
        this.totalSteps = totalSteps;
    }

    /**
     * The line for a row of progress.csv. Its bar uses the width that the text does not need, up to a maximum. If this
     * width is too small, there is no bar.
     *
     * @param width the maximum number of characters of the line; a longer line is cut at the end
     */
    public String text(Map<String, ?> row, int width) {
        String percent = percent(row);
        String rest = rest(row);
        int bar = Math.min(MAX_BAR, width - percent.length() - rest.length() - " [] ".length());
        String text = percent + (bar < MIN_BAR ? " " : " [" + bar(row, bar) + "] ") + rest;
        return text.length() <= width ? text : text.substring(0, width);
    }

    /** The line without a bar, at its full length. */
    public String text(Map<String, ?> row) {
        return percent(row) + " " + rest(row);
    }

    /** The number with this name in {@code row}; NaN if there is no such number. */
    static double number(Map<String, ?> row, String name) {
        return row.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** The environment steps done so far. */
    static long steps(Map<String, ?> row) {
        return (long) number(row, ProgressCsv.TOTAL_TIMESTEPS);
    }

    private double fraction(Map<String, ?> row) {
        return Math.min(1, (double) steps(row) / totalSteps);
    }

    private String percent(Map<String, ?> row) {
        return String.format(Locale.ROOT, "%3d%%", 100 * Math.min(steps(row), totalSteps) / totalSteps);
    }

    private String bar(Map<String, ?> row, int length) {
        int filled = (int) (length * fraction(row));
        return "#".repeat(filled) + ".".repeat(length - filled);
    }

    private String rest(Map<String, ?> row) {
        StringBuilder text = new StringBuilder(count(steps(row)) + "/" + count(totalSteps));
        for (Metric metric : PARTS) {
            LinePart part = metric.linePart().orElseThrow();
            String number = decimal(part.format(), number(row, metric.name()));
            text.append("  ").append(part.text().replace("%s", number));
        }
        double left = (totalSteps - steps(row)) / number(row, RunMetrics.FPS.name());
        return text + "  " + timeLeft(left) + " left";
    }

    private static String decimal(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    /** A short form of a count: 950, 42k, 300.3k, 1.25M. */
    private static String count(long n) {
        if (n < 10_000) {
            return Long.toString(n);
        }
        // From 999,950 on, thousands with one digit after the point would be rounded to 1000k.
        return n < 999_950 ? shortened("%.1f", n / 1e3) + "k" : shortened("%.2f", n / 1e6) + "M";
    }

    private static String shortened(String format, double value) {
        return String.format(Locale.ROOT, format, value).replaceAll("\\.?0+$", "");
    }

    /** A time as MM:SS, or as H:MM:SS from one hour on. NaN and infinite times become a dash. */
    public static String timeLeft(double seconds) {
        if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
            return "-";
        }
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%02d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
