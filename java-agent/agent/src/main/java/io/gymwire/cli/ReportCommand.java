// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.report.Report;
import io.gymwire.report.Report.Format;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gymwire report}: shows the results of runs in tables and pictures. */
@Command(
        name = "report",
        sortOptions = false,
        description = "Summarises runs, finished or not, over their seeds: tables, learning curves, diagnostics, and"
                + " one HTML page with all of them.")
final class ReportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Run directories, or folders that contain them.")
    private List<Path> directories;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "report",
            description = "The folder to write the files into (${DEFAULT-VALUE}/).")
    private Path out;

    @Option(
            names = "--group-by",
            paramLabel = "SETTING",
            split = ",",
            description = "Settings by which the runs of an environment are grouped, e.g. delta,hidden. With 'none',"
                    + " all runs of an environment are one group (default: all settings that can change results and"
                    + " have different values in the runs that they affect, except the seed and --python).")
    private List<String> groupBy = List.of();

    @Option(
            names = "--threshold",
            paramLabel = "R",
            description = "The return at which an environment counts as solved (default: the environment's reward"
                    + " threshold, if it has one).")
    private Double threshold;

    @Option(
            names = "--formats",
            paramLabel = "F",
            split = ",",
            defaultValue = "html,md,csv,png,svg",
            description = "The formats to write (${DEFAULT-VALUE}).")
    private Set<Format> formats;

    @Override
    public Integer call() throws IOException {
        // Java must not open a window, even if there is a screen.
        System.setProperty("java.awt.headless", "true");
        OptionalDouble solved = threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold);
        Report report = Report.of(directories, groupBy, solved, line -> System.out.println("note: " + line));
        List<Path> written = report.write(out, EnumSet.copyOf(formats));
        System.out.print(report.markdown());
        System.out.println();
        written.forEach(System.out::println);
        return 0;
    }
}
