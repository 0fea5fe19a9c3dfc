// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A table from a CSV file of a run, with named columns. The file of a run that is still running, or was killed, can
 * contain an incomplete or unreadable row. Such rows are left out. They are counted, except a last row without a line
 * end.
 */
public final class CsvTable {

    private final List<String> columns;
    private final List<List<String>> rows;
    private final int skipped;

    private CsvTable(List<String> columns, List<List<String>> rows, int skipped) {
        this.columns = columns;
        this.rows = rows;
        this.skipped = skipped;
    }

    /**
     * Reads a file; a missing file has no columns. Lines that begin with # are comments.
     *
     * @param textColumns the columns that contain no numbers
     */
    public static CsvTable read(Path path, Set<String> textColumns) throws IOException {
        List<String> columns = null;
        List<List<String>> rows = new ArrayList<>();
        int skipped = 0;
        for (String line : Csv.completeLines(path)) {
            if (line.startsWith("#")) {
                continue;
            }
            List<String> fields = Csv.split(line);
            if (columns == null) {
                columns = fields;
            } else if (isReadable(fields, columns, textColumns)) {
                rows.add(fields);
            } else {
                skipped++;
            }
        }
        return new CsvTable(columns == null ? List.of() : columns, rows, skipped);
    }

    /** Number of readable rows. */
    public int size() {
        return rows.size();
    }

    public boolean has(String column) {
        return columns.contains(column);
    }

    /** Number of unreadable rows. A last row without a line end does not count. */
    public int skipped() {
        return skipped;
    }

    /** A column as numbers [rows]. An empty field is NaN. If there is no such column, all numbers are NaN. */
    public double[] numbers(String column) {
        return texts(column).stream().mapToDouble(CsvTable::number).toArray();
    }

    /** A column as texts [rows]. If there is no such column, all texts are empty. */
    public List<String> texts(String column) {
        int index = columns.indexOf(column);
        return rows.stream().map(row -> index < 0 ? "" : row.get(index)).toList();
    }

    private static boolean isReadable(List<String> fields, List<String> columns, Set<String> textColumns) {
        if (fields.size() != columns.size()) {
            return false;
        }
        try {
            for (int i = 0; i < fields.size(); i++) {
                if (!textColumns.contains(columns.get(i))) {
                    number(fields.get(i));
                }
            }
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static double number(String field) {
        return field.isEmpty() ? Double.NaN : Double.parseDouble(field);
    }

    /** The last {@code count} values, or all if there are fewer. */
    public static double[] last(double[] values, int count) {
        return Arrays.copyOfRange(values, Math.max(0, values.length - count), values.length);
    }
}
