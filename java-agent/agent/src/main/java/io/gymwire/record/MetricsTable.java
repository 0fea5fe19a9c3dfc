// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A layout of one iteration's values as a table in a frame. Values are grouped by the part of their names before the
 * slash.
 */
final class MetricsTable {
    // The minimum widths of the columns, in characters. They are so large that all tables of one run nearly always have
    // the same width, even if an iteration has long numbers.
    private static final int MIN_NAME_WIDTH = 27;
    private static final int MIN_VALUE_WIDTH = 10;

    private static final double SMALLEST_PLAIN = 1e-3;
    private static final double LARGEST_PLAIN = 1e9;
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    private MetricsTable() {}

    private record Cells(String name, String value) {}

    /** The table's lines. The groups, and the names in each group, stay in the order of {@code row}. */
    static List<String> lines(Map<String, ?> row) {
        Map<String, List<Cells>> groups = new LinkedHashMap<>();
        row.forEach((name, value) -> {
            int slash = name.indexOf('/');
            groups.computeIfAbsent(name.substring(0, slash + 1), MetricsTable::newGroup)
                    .add(new Cells((slash < 0 ? "" : "   ") + name.substring(slash + 1), text(value)));
        });
        List<Cells> all = groups.values().stream().flatMap(List::stream).toList();
        int nameWidth = all.stream().mapToInt(cells -> cells.name.length()).reduce(MIN_NAME_WIDTH, Math::max);
        int valueWidth = all.stream().mapToInt(cells -> cells.value.length()).reduce(MIN_VALUE_WIDTH, Math::max);

        String rule = "-".repeat(nameWidth + valueWidth + 7);
        String format = "| %-" + nameWidth + "s | %-" + valueWidth + "s |";
        List<String> lines = new ArrayList<>();
        lines.add(rule);
        all.forEach(cells -> lines.add(String.format(Locale.ROOT, format, cells.name, cells.value)));
        lines.add(rule);
        return lines;
    }

    /** A group begins with its title. The group of the names without a slash has no title. */
    private static List<Cells> newGroup(String title) {
        List<Cells> group = new ArrayList<>();
        if (!title.isEmpty()) {
            group.add(new Cells(title, ""));
        }
        return group;
    }

    /**
     * The text of a value. A floating-point number is rounded to four significant digits, but if its absolute value is
     * below 1e9, all digits of its integer part are written. Null and NaN become "-". Any other value is unchanged.
     */
    static String text(Object value) {
        if (value == null) {
            return "-";
        }
        if (!(value instanceof Double || value instanceof Float)) {
            return value.toString();
        }
        double number = ((Number) value).doubleValue();
        double size = Math.abs(number);
        if (Double.isNaN(number)) {
            return "-";
        }
        if (number == 0 || size >= SMALLEST_PLAIN && size < 1000) {
            return BigDecimal.valueOf(number)
                    .round(FOUR_DIGITS)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return String.format(Locale.ROOT, size >= 1000 && size < LARGEST_PLAIN ? "%.0f" : "%.3e", number);
    }
}
