// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of a bench. It prints each table after its measurement and collects all figures for a JSON file. */
public final class BenchReport {

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    private final PrintStream out;
    private final PrintStream log;
    private final Map<String, Object> head = new LinkedHashMap<>();
    private final Map<String, List<Map<String, Object>>> sections = new LinkedHashMap<>();
    private final List<Target> targets = new ArrayList<>();

    /**
     * An empty report.
     *
     * @param out prints the tables and the lines of {@link #line}
     * @param log prints a line for each measurement that begins
     */
    public BenchReport(PrintStream out, PrintStream log) {
        this.out = out;
        this.log = log;
        head.put("schema", 1);
        head.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Adds a field about the whole bench to the JSON file. */
    public void head(String name, Object value) {
        head.put(name, value);
    }

    /** Prints a line. */
    public void line(String text) {
        out.println(text);
    }

    /** Prints what is being measured. */
    void measuring(String what) {
        log.println("measuring " + what);
    }

    /** Prints a title, then a note, then a table. The note may have several lines or none. */
    void table(String title, String note, Table table) {
        out.println();
        out.println(title);
        note.lines().forEach(line -> out.println("  " + line));
        table.lines().forEach(line -> out.println("  " + line));
    }

    /** Stores figures of a section for the JSON file. */
    void figures(Section section, Map<String, Object> figures) {
        sections.computeIfAbsent(section.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                .add(figures);
    }

    void target(Target target) {
        targets.add(target);
    }

    /** Prints each target with its figure, goal and verdict. */
    public void printTargets() {
        if (targets.isEmpty()) {
            return;
        }
        Table table = new Table(1, "target", "figure", "goal", "verdict");
        targets.forEach(target -> table.row(target.cells()));
        table("Targets", "", table);
    }

    /** All fields, figures and targets, as JSON. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>(head);
        all.put("sections", sections);
        all.put("targets", targets.stream().map(BenchReport::figures).toList());
        return GSON.toJson(all) + "\n";
    }

    private static Map<String, Object> figures(Target target) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("what", target.what());
        figures.put("figure", target.figure());
        figures.put("goal", target.goal());
        figures.put("at_least", target.atLeast());
        figures.put("unit", target.unit().strip());
        figures.put("met", target.met());
        return figures;
    }
}
