// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import java.io.Closeable;
import java.io.IOException;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes {@code progress.csv}: one row per iteration under Stable-Baselines3's names.
 *
 * <p>The first row fixes the header. Each row reaches the operating system whole, so a reader never sees half a line.
 */
public final class ProgressCsv implements Closeable {
    /** The column by which a resumed run finds its place; environment steps. */
    public static final String TOTAL_TIMESTEPS = "time/total_timesteps";

    private final Path path;
    private final FileOutputStream out;
    private List<String> columns;

    /** Opens {@code path} for appending. An existing file keeps its header and rows, but for one torn by a crash. */
    public ProgressCsv(Path path) throws IOException {
        this(path, Csv.completeLines(path));
    }

    /** @param lines what the file is to begin with: the header and rows, or nothing */
    private ProgressCsv(Path path, List<String> lines) throws IOException {
        this.path = path;
        if (!lines.isEmpty()) {
            columns = Csv.split(lines.get(0));
        }
        Csv.rewrite(path, lines);
        this.out = Csv.append(path);
    }

    /**
     * Opens the file of an interrupted run that goes on after {@code totalTimesteps} environment steps. Rows beyond are
     * dropped, because the resumed run writes them again.
     *
     * @throws IOException if a row does not tell its {@value #TOTAL_TIMESTEPS}
     */
    public static ProgressCsv resume(Path path, long totalTimesteps) throws IOException {
        List<String> kept = new ArrayList<>();
        int column = -1;
        for (String line : Csv.completeLines(path)) {
            List<String> fields = Csv.split(line);
            if (kept.isEmpty()) {
                column = fields.indexOf(TOTAL_TIMESTEPS);
                kept.add(line);
            } else if (timesteps(path, line, column) <= totalTimesteps) {
                kept.add(line);
            }
        }
        return new ProgressCsv(path, kept);
    }

    private static double timesteps(Path path, String row, int column) throws IOException {
        List<String> fields = Csv.split(row);
        try {
            return Double.parseDouble(fields.get(column));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException(path + " cannot be continued: no number in column " + TOTAL_TIMESTEPS
                    + " of the row " + row, e);
        }
    }

    /**
     * Appends one row. Numbers are written in full; NaN and null become an empty field.
     *
     * @param row value by column name; the first row's order is the header's
     * @throws IllegalArgumentException if the names are not those of the header
     */
    public void write(Map<String, ?> row) throws IOException {
        StringBuilder text = new StringBuilder();
        if (columns == null) {
            columns = List.copyOf(row.keySet());
            text.append(Csv.line(columns)).append('\n');
        }
        checkNames(row.keySet());
        List<Object> values = new ArrayList<>();
        columns.forEach(column -> values.add(row.get(column)));
        text.append(Csv.line(values)).append('\n');
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Forces the rows to the disk. */
    void sync() throws IOException {
        out.getFD().sync();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void checkNames(Set<String> names) {
        Set<String> missing = new LinkedHashSet<>(columns);
        missing.removeAll(names);
        Set<String> unknown = new LinkedHashSet<>(names);
        unknown.removeAll(columns);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("a row for " + path + " lacks " + missing + " and adds " + unknown
                    + "; every row must have the columns of the first");
        }
    }
}
