// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.files.AtomicFiles;
import io.gymwire.files.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A report about runs: tables and pictures. */
public final class Report {

    static final String METHOD = String.format(Locale.ROOT, """
            Each row summarises one kind of return over the seeds. The column "return" names the kind: the mean over \
            the last 100 training episodes of a run, the highest point of the run's learning curve, or the mean over \
            the run's evaluation episodes. The beginning of a curve, where a point covers fewer than about 100 \
            episodes, is left out of the search for the highest point. Standard deviations over seeds are sample \
            standard deviations (n - 1). IQM is the interquartile mean. Its %d %% interval is the percentile bootstrap \
            with 50,000 replications and a fixed seed. Both follow Agarwal et al., "Deep Reinforcement Learning at the \
            Edge of the Statistical Precipice" (2021). The bands of the curves are bootstrap intervals of the mean \
            over seeds; thin lines are single seeds.""", Bootstrap.CONFIDENCE);
    static final String OVERALL_METHOD = """
            Each row summarises the returns over the last 100 training episodes of all its runs together. Each \
            environment has its own scale: 0 is the mean start of its curves, and 1 is the best return over the last \
            100 training episodes among its runs. The bootstrap is stratified over environments.""";

    static final String INCOMPLETE = "Runs that have not finished or are damaged";
    static final String INCOMPLETE_METHOD = """
            If the progress.csv of a run that has not finished contains a return, the tables count the returns that \
            the run has reached so far. A run without a return in progress.csv is not counted, and neither is a run \
            with a damaged file.""";

    private final List<Group> groups;
    private final List<Summary> summaries;
    private final List<Summary.Overall> overall;
    private final List<Incomplete> incomplete;

    /** The formats of a report's files. */
    public enum Format {
        /** Tables for people; also printed on standard output. */
        MD,
        /** Tables for programs. */
        CSV,
        /** Pictures made of pixels. */
        PNG,
        /** Pictures made of lines. */
        SVG,
        /** All tables and pictures on one page. */
        HTML
    }

    private Report(List<Group> groups, List<Incomplete> incomplete) {
        this.groups = groups;
        this.incomplete = incomplete;
        this.summaries =
                groups.stream().flatMap(group -> Summary.of(group).stream()).toList();
        this.overall = Summary.Overall.of(groups);
    }

    /**
     * Reads runs.
     *
     * @param paths run directories, or directories that contain run directories
     * @param groupBy names of the settings that distinguish groups. The name "none" stands for no setting. If the list
     *     is empty, the settings are chosen for each environment: all settings that can change results, are not about
     *     the machine, and have different values in the runs that they affect. The seed is never chosen
     * @param threshold the return at which an environment counts as solved; empty for the environment's own threshold
     * @param remark receives a message of one line about anything unusual or left out
     * @throws IOException if a path contains no run; if no run has recorded a return and no run has failed (runs with a
     *     damaged file do not count); if a directory cannot be read; or if {@code groupBy} contains the name of a
     *     setting that no run has
     */
    public static Report of(List<Path> paths, List<String> groupBy, OptionalDouble threshold, Consumer<String> remark)
            throws IOException {
        RunReader reader = new RunReader(threshold, remark);
        return new Report(Groups.of(reader.read(paths), groupBy, remark), reader.incomplete());
    }

    /** The tables as Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder("## Results\n\n")
                .append(Tables.results(summaries).markdown());
        text.append('\n').append(METHOD).append('\n');
        if (!incomplete.isEmpty()) {
            text.append("\n## ")
                    .append(INCOMPLETE)
                    .append("\n\n")
                    .append(Tables.incomplete(incomplete).markdown())
                    .append('\n')
                    .append(INCOMPLETE_METHOD)
                    .append('\n');
        }
        text.append("\n## Effort\n\n").append(Tables.effort(groups).markdown());
        text.append("\n## Updates\n\n")
                .append(Tables.updates(groups).markdown())
                .append('\n')
                .append(Updates.METHOD)
                .append('\n');
        if (!overall.isEmpty()) {
            text.append("\n## Several environments together\n\n")
                    .append(Tables.overall(overall).markdown())
                    .append('\n')
                    .append(OVERALL_METHOD)
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * Writes the report's files. Makes the directories that are missing.
     *
     * @return the files written
     */
    public List<Path> write(Path directory, Set<Format> formats) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        if (formats.contains(Format.HTML)) {
            files.put("report.html", utf8(new HtmlPage(groups, summaries, overall, incomplete).text()));
        }
        if (formats.contains(Format.MD)) {
            files.put("report.md", utf8(markdown()));
        }
        if (formats.contains(Format.CSV)) {
            files.put("results.csv", utf8(Tables.resultsInFull(summaries).csv()));
            files.put("runs.csv", utf8(Tables.runs(groups, incomplete).csv()));
        }
        for (List<Group> environment : byEnvironment(groups)) {
            String name = fileName(environment.get(0).envId());
            put(files, "curves/" + name, Figures.learningCurve(environment), formats);
            put(files, "diagnostics/" + name, Figures.diagnostics(environment), formats);
        }
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Directories.make(path.toAbsolutePath().getParent());
            AtomicFiles.write(path, file.getValue());
            written.add(path);
        }
        return written;
    }

    /** The groups of each environment. */
    static List<List<Group>> byEnvironment(List<Group> groups) {
        return List.copyOf(groups.stream()
                .collect(Collectors.groupingBy(Group::envId, LinkedHashMap::new, Collectors.toList()))
                .values());
    }

    /**
     * A file name for an environment's id: '/' and ':' become '+', which no id contains, and other characters except
     * A-Z, a-z, 0-9, '.', '_' and '-' become '-'.
     */
    static String fileName(String envId) {
        return envId.replaceAll("[/:]", "+").replaceAll("[^A-Za-z0-9._+-]", "-");
    }

    private static void put(Map<String, byte[]> files, String name, Picture picture, Set<Format> formats)
            throws IOException {
        if (picture != null && formats.contains(Format.PNG)) {
            files.put(name + ".png", picture.png());
        }
        if (picture != null && formats.contains(Format.SVG)) {
            files.put(name + ".svg", utf8(picture.svg()));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
