// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The tables of a report. */
final class Tables {

    private Tables() {}

    /** Scores over seeds, rounded for people. */
    static TextTable results(List<Summary> summaries) {
        TextTable table = new TextTable(
                3,
                "environment",
                "settings",
                "return",
                "seeds",
                "mean ± std",
                "median",
                "IQM",
                Bootstrap.CONFIDENCE + " % interval");
        for (Summary summary : summaries) {
            table.row(
                    summary.group().envId(),
                    summary.group().label(),
                    summary.score().title,
                    Integer.toString(summary.seeds()),
                    Numbers.spread(summary.mean(), summary.std()),
                    Numbers.score(summary.median()),
                    Numbers.score(summary.iqm()),
                    Numbers.interval(summary.interval()));
        }
        return table;
    }

    /** Scores over seeds with all digits, for programs. */
    static TextTable resultsInFull(List<Summary> summaries) {
        TextTable table = new TextTable(
                3, "environment", "settings", "return", "seeds", "mean", "std", "median", "iqm", "iqm_low", "iqm_high");
        for (Summary summary : summaries) {
            table.row(
                    summary.group().envId(),
                    summary.group().label(),
                    summary.score().title,
                    Integer.toString(summary.seeds()),
                    full(summary.mean()),
                    full(summary.std()),
                    full(summary.median()),
                    full(summary.iqm()),
                    full(summary.interval().low()),
                    full(summary.interval().high()));
        }
        return table;
    }

    /** The steps and the time of the runs. */
    static TextTable effort(List<Group> groups) {
        TextTable table = new TextTable(
                2,
                "environment",
                "settings",
                "seeds",
                "steps",
                "threshold",
                "steps to threshold (median)",
                "reached",
                "wall time per run",
                "steps/s");
        for (Group group : groups) {
            double[] reached = group.scores(run -> run.scores().threshold().steps());
            double threshold = group.runs().get(0).scores().threshold().value();
            table.row(
                    group.envId(),
                    group.label(),
                    group.seeds(),
                    range(group.scores(run -> run.state().steps()), Numbers::si),
                    Numbers.score(threshold),
                    Numbers.si(Statistics.median(reached)),
                    Double.isNaN(threshold)
                            ? Numbers.NONE
                            : reached.length + " of " + group.runs().size(),
                    Numbers.duration(Statistics.mean(group.scores(Run::seconds))),
                    Numbers.si(Statistics.mean(group.scores(Run::stepsPerSecond))));
        }
        return table;
    }

    /** The effect of the updates. */
    static TextTable updates(List<Group> groups) {
        TextTable table = new TextTable(
                2,
                "environment",
                "settings",
                "updates",
                "seconds per update",
                "bound on KL (nats)",
                "beyond the bound",
                "largest KL",
                "drops by a tenth");
        for (Group group : groups) {
            List<Updates> all = group.runs().stream().map(Updates::of).toList();
            table.row(
                    group.envId(),
                    group.label(),
                    Numbers.si(mean(all, Updates::count)),
                    Numbers.digits(mean(all, Updates::seconds)),
                    range(
                            all.stream()
                                    .flatMapToDouble(each -> Arrays.stream(each.bounds()))
                                    .filter(Double::isFinite)
                                    .toArray(),
                            Numbers::digits),
                    Numbers.percent(mean(all, Updates::shareBeyond)),
                    Numbers.digits(all.stream()
                            .mapToDouble(Updates::largest)
                            .filter(Double::isFinite)
                            .max()
                            .orElse(Double.NaN)),
                    Numbers.si(mean(all, Updates::drops)));
        }
        return table;
    }

    private static double mean(List<Updates> all, ToDoubleFunction<Updates> value) {
        return Statistics.mean(
                all.stream().mapToDouble(value).filter(Double::isFinite).toArray());
    }

    private static String range(double[] values, DoubleFunction<String> text) {
        String low = text.apply(Statistics.percentile(values, 0));
        String high = text.apply(Statistics.percentile(values, 100));
        return low.equals(high) ? low : low + " to " + high;
    }

    /**
     * One row for each run, with all digits. Only a finished run without a recorded return has no row. An unfinished
     * run without a recorded return has empty fields, and so has a run with a damaged file.
     */
    static TextTable runs(List<Group> groups, List<Incomplete> incomplete) {
        TextTable table = new TextTable(
                3,
                "directory",
                "environment",
                "settings",
                "seed",
                "status",
                "steps",
                "last_100",
                "best",
                "best_at",
                "deterministic",
                "stochastic",
                "threshold",
                "steps_to_threshold",
                "seconds",
                "steps_per_second",
                "reason");
        for (Group group : groups) {
            for (Run run : group.runs()) {
                Run.Scores scores = run.scores();
                table.row(
                        run.identity().directory().toString(),
                        run.identity().envId(),
                        group.label(),
                        Long.toString(run.identity().seed()),
                        run.state().status(),
                        Long.toString(run.state().steps()),
                        full(scores.last100()),
                        full(scores.best().value()),
                        full(scores.best().step()),
                        full(scores.deterministic()),
                        full(scores.stochastic()),
                        full(scores.threshold().value()),
                        full(scores.threshold().steps()),
                        full(run.seconds()),
                        full(run.stepsPerSecond()),
                        run.state().reason());
            }
        }
        for (Incomplete run : incomplete) {
            if (!run.scored()) {
                table.row(
                        run.directory().toString(),
                        run.envId(),
                        "",
                        run.seed(),
                        run.state().status(),
                        Long.toString(run.state().steps()),
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        run.state().reason());
            }
        }
        return table;
    }

    /** The runs that have not finished, or that have a damaged file. */
    static TextTable incomplete(List<Incomplete> incomplete) {
        TextTable table = new TextTable(6, "directory", "environment", "seed", "status", "steps", "reason");
        for (Incomplete run : incomplete) {
            table.row(
                    run.directory().toString(),
                    run.envId(),
                    run.seed(),
                    run.state().status(),
                    Long.toString(run.state().steps()),
                    run.state().reason());
        }
        return table;
    }

    /** The summaries over several environments. */
    static TextTable overall(List<Summary.Overall> all) {
        TextTable table = new TextTable(
                1, "settings", "environments", "runs", "normalised IQM", Bootstrap.CONFIDENCE + " % interval");
        for (Summary.Overall overall : all) {
            table.row(
                    overall.label(),
                    Integer.toString(overall.environments()),
                    Integer.toString(overall.runs()),
                    Numbers.score(overall.iqm()),
                    Numbers.interval(overall.interval()));
        }
        return table;
    }

    /**
     * The values of the settings that {@link Groups#differences} lists, with a row for each group. The table is empty
     * if there are no such settings.
     */
    static TextTable differences(List<Group> groups) {
        List<Run> runs = groups.stream().flatMap(group -> group.runs().stream()).toList();
        Set<String> names = Groups.differences(runs);
        List<String> header = new ArrayList<>(List.of("environment", "seeds"));
        header.addAll(names);
        TextTable table = new TextTable(header.size(), header.toArray(String[]::new));
        for (Group group : names.isEmpty() ? List.<Group>of() : groups) {
            List<String> row = new ArrayList<>(List.of(group.envId(), group.seeds()));
            names.forEach(name -> row.add(values(group, name)));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String values(Group group, String name) {
        return String.join(
                " / ",
                new LinkedHashSet<>(group.runs().stream()
                        .map(run -> run.recipe().settings().getOrDefault(name, Numbers.NONE))
                        .toList()));
    }

    /** The versions and machines of the runs: one column for each different fingerprint. */
    static TextTable fingerprints(List<Run> runs) {
        List<Map<String, String>> distinct =
                runs.stream().map(run -> run.recipe().fingerprint()).distinct().toList();
        List<String> header = new ArrayList<>(List.of("part"));
        for (Map<String, String> print : distinct) {
            long count = runs.stream()
                    .filter(run -> run.recipe().fingerprint().equals(print))
                    .count();
            header.add(count == 1 ? "1 run" : count + " runs");
        }
        Set<String> names = new TreeSet<>();
        distinct.forEach(print -> names.addAll(print.keySet()));
        TextTable table = new TextTable(header.size(), header.toArray(String[]::new));
        for (String name : names) {
            List<String> row = new ArrayList<>(List.of(name));
            distinct.forEach(print -> row.add(print.getOrDefault(name, Numbers.NONE)));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String full(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "";
    }
}
