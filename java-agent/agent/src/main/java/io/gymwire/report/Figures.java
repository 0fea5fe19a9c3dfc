// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.Panel;
import java.awt.Dimension;
import java.util.ArrayList;
import java.util.List;

/** The pictures of one environment. */
final class Figures {

    private static final Dimension CURVE = new Dimension(840, 460); // pixels
    private static final Dimension PANEL = new Dimension(560, 340);

    private Figures() {}

    /** Training returns over environment steps. */
    static Picture learningCurve(List<Group> groups) {
        Plot plot = Plot.of(
                new Plot.Axes(groups.get(0).envId(), "return, last 100 training episodes", false),
                CURVE,
                groups,
                run -> run.curve(RunReader.RETURN));
        for (double threshold :
                Plot.levels(groups, run -> run.scores().threshold().value())) {
            plot.withLevel("threshold " + Numbers.score(threshold), threshold);
        }
        return new Picture(List.of(plot.chart()), 1);
    }

    /** The metrics that show whether the updates work as they should; null if there is nothing to draw. */
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

    private static Plot plot(List<Group> groups, Metric metric, Panel panel) {
        Plot plot = Plot.of(
                new Plot.Axes(panel.title(), panel.axis(), panel.isLogarithmic()),
                PANEL,
                groups,
                run -> run.curve(metric.name()).smoothed(panel.window()));
        panel.limit().ifPresent(limit -> {
            String name = limit.name().substring(limit.name().indexOf('/') + 1);
            limits(groups, limit).forEach(curve -> plot.withCurve(name, curve));
        });
        Double low = Double.isNaN(panel.least()) ? null : Math.max(panel.least(), Math.min(0, plot.low()));
        Double high = Double.isNaN(panel.most()) ? null : panel.most();
        return plot.within(low, high);
    }

    /** The different curves of a limit: usually all runs have the same one. */
    private static List<Curve> limits(List<Group> groups, Metric limit) {
        List<Curve> different = new ArrayList<>();
        for (Group group : groups) {
            for (Run run : group.runs()) {
                Curve curve = run.curve(limit.name());
                if (!curve.isEmpty() && different.stream().noneMatch(curve::isPartOf)) {
                    different.removeIf(other -> other.isPartOf(curve));
                    different.add(curve);
                }
            }
        }
        return different;
    }
}
