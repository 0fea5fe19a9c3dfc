// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A text table. The first {@code textColumns} columns are aligned left, and the other columns (numbers) right. */
final class Table {

    private static final String GAP = "  ";

    private final int textColumns;
    private final List<String[]> rows = new ArrayList<>();

    Table(int textColumns, String... header) {
        this.textColumns = textColumns;
        rows.add(header);
    }

    /** Adds a row with as many cells as the header. */
    void row(String... cells) {
        if (cells.length != rows.get(0).length) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells below " + rows.get(0).length
                    + " headings: " + Arrays.toString(cells));
        }
        rows.add(cells);
    }

    /** The lines of the table. The first line is the header. */
    List<String> lines() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                line.append(i < textColumns ? row[i] + space : space + row[i]).append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
