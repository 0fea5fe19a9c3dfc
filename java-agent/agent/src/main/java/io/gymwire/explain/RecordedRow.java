// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.MetricValues;
import io.gymwire.record.Csv;
import io.gymwire.record.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The comparison of an explained update with the row of progress.csv for this update, if there is such a row. */
final class RecordedRow {

    private RecordedRow() {}

    /**
     * The result of the comparison, in one or two sentences.
     *
     * @param steps the number of environment steps from the beginning of the run to the end of the update's batch
     * @param measured the update's metrics
     */
    static String comparison(RunDirectory directory, long steps, MetricValues measured) throws IOException {
        List<String> lines = Csv.completeLines(directory.progress());
        List<String> columns = lines.isEmpty() ? List.of() : Csv.split(lines.get(0));
        int place = columns.indexOf(RunMetrics.TOTAL_TIMESTEPS.name());
        for (String line : place < 0 ? List.<String>of() : lines.subList(1, lines.size())) {
            List<String> row = Csv.split(line);
            if (row.size() == columns.size() && row.get(place).equals(Long.toString(steps))) {
                return comparison(columns, row, measured);
            }
        }
        return "progress.csv has no row for this update: the run has not continued after this checkpoint, or rows are"
                + " missing.";
    }

    private static String comparison(List<String> columns, List<String> row, MetricValues measured) {
        List<String> different = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        int same = 0;
        for (Map.Entry<String, Number> value : measured.byName().entrySet()) {
            int column = columns.indexOf(value.getKey());
            String now = Csv.line(List.of(value.getValue()));
            if (column < 0) {
                missing.add(value.getKey());
            } else if (row.get(column).equals(now)) {
                same++;
            } else {
                different.add(value.getKey());
            }
        }
        String absent = missing.isEmpty() ? "" : " progress.csv has no column " + String.join(", ", missing) + ".";
        return different.isEmpty()
                ? "All " + same + " numbers of this update in progress.csv are the same as here, to the last bit."
                        + absent
                : "The run itself made a different update: progress.csv has other numbers in the columns "
                        + String.join(", ", different) + "." + absent;
    }
}
