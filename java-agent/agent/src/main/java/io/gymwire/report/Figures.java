// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.Panel;
import java.awt.Dimension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pictures of one environment. */
final class Figures {

    private static final Dimension CURVE = new Dimension(840, 460); // pixels
    private static final Dimension PANEL = new Dimension(560, 340);

    /**
     * The limit of a metric, such as delta, is a curve too, because it changes during a run. It is drawn only if its
     * least value is at most 100 times the greatest value of the metric's curves. A greater limit would stretch the
     * axis, so that the curves look flat. If no value of the curves is above 0, every limit is drawn.
     */
    private static final double FAR = 100;

    private Figures() {}

    /** Training returns over environment steps. */
    static Picture learningCurve(List<Group> groups) {
        Plot plot = Plot.of(
                new Plot.Axes(groups.get(0).envId(), "return, last 100 training episodes", false),
                CURVE,
                groups,
                run -> run.curve(RunReader.RETURN));
        // The name of a threshold's line shows only some of the digits. A chart cannot have two lines with the same
        // name, so thresholds with the same name get one line.
        Map<String, Double> thresholds = new LinkedHashMap<>();
        for (double threshold :
                Plot.levels(groups, run -> run.scores().threshold().value())) {
            thresholds.putIfAbsent("threshold " + Numbers.score(threshold), threshold);
        }
        thresholds.forEach(plot::withLevel);
        return new Picture(List.of(plot.chart()), 1);
    }

    /** Pictures of the metrics that show whether the updates work well; null if there is nothing to draw. */
    static Picture diagnostics(List<Group> groups) {
        List<Plot> plots = new ArrayList<>();
        for (Metric metric : RunMetrics.all()) {
            metric.panel().ifPresent(panel -> plots.add(plot(groups, metric, panel)));
        }
        plots.removeIf(Plot::isEmpty);
        return plots.isEmpty()
                ? null
                : new Picture(plots.stream().map(Plot::chart).toList(), 2);
    }

    static Plot plot(List<Group> groups, Metric metric, Panel panel) {
        Plot plot = Plot.of(
                new Plot.Axes(panel.title(), panel.axis(), panel.isLogarithmic()),
                PANEL,
                groups,
                run -> run.curve(metric.name()).smoothed(panel.window()));
        double highest = plot.high() > 0 ? FAR * plot.high() : Double.POSITIVE_INFINITY;
        limits(groups, metric)
                .forEach((name, curves) -> curves.stream()
                        .filter(curve -> Arrays.stream(curve.values()).min().orElseThrow() <= highest)
                        .forEach(curve -> plot.withCurve(name, curve)));
        Double low = Double.isNaN(panel.least()) ? null : Math.max(panel.least(), Math.min(0, plot.low()));
        Double high = Double.isNaN(panel.most()) ? null : panel.most();
        return plot.within(low, high);
    }

    /**
     * The curves of a metric's limits, by the name of the limit. A curve that is part of another curve is left out, so
     * a limit usually has one curve for all runs.
     */
    private static Map<String, List<Curve>> limits(List<Group> groups, Metric metric) {
        Map<String, List<Curve>> limits = new LinkedHashMap<>();
        for (Group group : groups) {
            for (Run run : group.runs()) {
                run.limit(metric).ifPresent(limit -> {
                    List<Curve> different = limits.computeIfAbsent(limit.name(), name -> new ArrayList<>());
                    Curve curve = run.curve(limit.values());
                    if (!curve.isEmpty() && different.stream().noneMatch(curve::isPartOf)) {
                        different.removeIf(other -> other.isPartOf(curve));
                        different.add(curve);
                    }
                });
            }
        }
        return limits;
    }
}
