// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import io.gymwire.files.OutputFile;
import io.gymwire.learn.RunMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The file {@code progress.csv}: one row per iteration. A column has the same name as in Stable-Baselines3, if
 * Stable-Baselines3 has this metric.
 *
 * <p>In a new file, the column names of the first written row become the header. Each row is written in one piece, so a
 * program that reads the file never gets half a line, unless a crash cuts off the last line.
 */
public final class ProgressCsv implements Closeable {
    /** The column with the environment steps. A resumed run keeps the rows up to the step of its checkpoint. */
    public static final String TOTAL_TIMESTEPS = RunMetrics.TOTAL_TIMESTEPS.name();

    private final Path path;
    private final OutputFile out;
    private List<String> columns;

    /**
     * Opens {@code path} for appending. An existing file keeps its header and rows, except a last row that a crash has
     * cut off.
     */
    public ProgressCsv(Path path) throws IOException {
        this(path, Csv.completeLines(path));
    }

    /** @param lines the lines that the file keeps: the header and rows, or nothing */
    private ProgressCsv(Path path, List<String> lines) throws IOException {
        this.path = path;
        if (!lines.isEmpty()) {
            columns = Csv.split(lines.get(0));
        }
        Csv.rewrite(path, lines);
        this.out = OutputFile.append(path);
    }

    /**
     * Opens the file of a run that is resumed after {@code totalTimesteps} environment steps. Later rows are dropped,
     * because the resumed run writes them again.
     *
     * @param columns the names of the columns in the rows that the resumed run will write
     * @throws IOException if the file cannot be read, if another version wrote it with other columns, if a row does not
     *     have as many fields as the header, if a row has no number in the column {@link #TOTAL_TIMESTEPS}, or if
     *     {@code totalTimesteps} is not 0 and no row is at this step
     */
    public static ProgressCsv resume(Path path, long totalTimesteps, List<String> columns) throws IOException {
        InputFile file = Csv.file(path);
        List<String> kept = new ArrayList<>();
        double last = 0;
        for (String line : Csv.complete(file.text())) {
            if (kept.isEmpty()) {
                requireColumns(path, Csv.split(line), columns);
            }
            double steps = kept.isEmpty() ? 0 : timesteps(file, kept.get(0), line);
            if (steps <= totalTimesteps) {
                kept.add(line);
                last = steps;
            }
        }
        if (last != totalTimesteps) {
            String before = kept.size() > 1 ? "; the last row before is at step " + (long) last : "";
            throw file.unusable(
                    "it has no row at step " + totalTimesteps + ", from which the run goes on" + before, null);
        }
        return new ProgressCsv(path, kept);
    }

    private static void requireColumns(Path path, List<String> found, List<String> wanted) throws IOException {
        if (found.contains(TOTAL_TIMESTEPS) && !Set.copyOf(found).equals(Set.copyOf(wanted))) {
            Set<String> missing = new LinkedHashSet<>(wanted);
            missing.removeAll(found);
            Set<String> unknown = new LinkedHashSet<>(found);
            unknown.removeAll(wanted);
            throw FileException.reading(
                    path,
                    "another version of Gymwire wrote it: it lacks " + missing
                            + " of this version's columns and has the unknown columns " + unknown,
                    "continue the run with the version that began it, or train it again",
                    null);
        }
    }

    private static double timesteps(InputFile file, String header, String row) throws IOException {
        List<String> columns = Csv.split(header);
        List<String> fields = Csv.split(row);
        if (fields.size() != columns.size()) {
            throw file.unusable(
                    "it has " + columns.size() + " columns, but row " + row + " has " + fields.size(), null);
        }
        int column = columns.indexOf(TOTAL_TIMESTEPS);
        try {
            return Double.parseDouble(fields.get(column));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw file.unusable("there is no number in column " + TOTAL_TIMESTEPS + " of the row " + row, e);
        }
    }

    /**
     * Appends one row. Numbers are written with all digits; NaN and null become an empty field.
     *
     * @param row the value of each column by the column's name; the file keeps the order of its header
     * @throws IllegalArgumentException if the names differ from the names in the header, or if a value is text that
     *     {@link Csv#line} refuses
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
        out.sync();
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
                    + "; every row must have the columns of the first row");
        }
    }
}
