// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Charts;
import io.gymwire.report.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws how the quantities of one PPO update change from pass to pass. A pass uses every sample of the batch once. */
final class PassPicture {

    private static final Dimension SIZE = new Dimension(560, 360); // pixels
    private static final String PASSES = "passes over the batch";
    /**
     * A limit is drawn only if it is at most this many times the greatest divergence. A greater limit would stretch the
     * axis, and the curve would look flat.
     */
    private static final double FAR = 5;

    private final PassPath path;
    private final double[] passes; // for each point of the path, the number of passes made until then

    private PassPicture(PassPath path) {
        this.path = path;
        this.passes = of(PassPath.Point::passes);
    }

    /**
     * The charts of the divergence and of the gains. If the update clips the ratios (and has no KL penalty), the
     * picture also has the charts of the clip fraction and of the gradients.
     */
    static Picture of(PassPath path) {
        PassPicture picture = new PassPicture(path);
        List<XYChart> charts = new ArrayList<>(List.of(picture.divergence(), picture.gains()));
        if (!path.rule().penalised()) {
            charts.add(picture.clipFraction());
            charts.add(picture.gradients());
        }
        return new Picture(charts, 2);
    }

    private XYChart divergence() {
        XYChart chart = chart("KL divergence over the passes", "nats");
        double[] values = of(PassPath.Point::divergence);
        line(chart, "KL(old, theta)", values, 1);
        marks(chart, "KL of the pass", PassPath.Pass::divergence, 0);
        PassPath.Rule rule = path.rule();
        double greatest = 0;
        for (double value : values) {
            greatest = Math.max(greatest, value);
        }
        if (rule.limit() <= FAR * greatest) {
            limit(chart, rule.penalised() ? "beta doubles above" : "limit on the KL of a pass, 1.5 K", rule.limit());
        }
        if (rule.penalised() && rule.least() <= FAR * greatest) {
            limit(chart, "beta halves below", rule.least());
        }
        return chart;
    }

    private XYChart gains() {
        XYChart chart = chart("Surrogate and objective over the passes", "gain from theta_old");
        line(chart, "L(theta) - L(theta_old)", of(PassPath.Point::gain), 0);
        line(
                chart,
                path.rule().penalised() ? "gain of L - beta KL" : "gain of the clipped surrogate",
                of(PassPath.Point::objectiveGain),
                4);
        return chart;
    }

    private XYChart clipFraction() {
        XYChart chart = chart("Ratios beyond the clip range", "share of the samples");
        line(chart, "clip fraction", of(PassPath.Point::clipFraction), 2);
        return chart;
    }

    private XYChart gradients() {
        XYChart chart = chart("Gradients of the minibatches", "|g|, before gradient clipping");
        marks(chart, "mean of the pass", PassPath.Pass::gradientNorm, 3);
        double greatest = path.passes().stream()
                .mapToDouble(PassPath.Pass::gradientNorm)
                .max()
                .orElseThrow();
        chart.getStyler()
                .setXAxisMax((double) path.passes().size())
                .setYAxisMin(0.0)
                .setYAxisMax(1.1 * greatest);
        return chart;
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = Charts.create(title, PASSES, unit, SIZE);
        chart.getStyler().setXAxisMin(0.0).setYAxisTickLabelsFormattingFunction(NumberText::tick);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        return chart;
    }

    private void line(XYChart chart, String name, double[] values, int colour) {
        Charts.line(chart, name, passes, values, Charts.COLOURS.get(colour))
                .setLineStyle(Charts.THICK)
                .setShowInLegend(true);
    }

    /** Draws a mark at the end of each pass. */
    private void marks(XYChart chart, String name, ToDoubleFunction<PassPath.Pass> quantity, int colour) {
        Color own = Charts.COLOURS.get(colour);
        XYSeries series = Charts.line(
                chart,
                name,
                path.passes().stream().mapToDouble(pass -> pass.end().passes()).toArray(),
                path.passes().stream().mapToDouble(quantity).toArray(),
                own);
        BasicStroke none = SeriesLines.NONE;
        series.setMarker(SeriesMarkers.CIRCLE).setLineStyle(none).setShowInLegend(true);
    }

    private void limit(XYChart chart, String name, double value) {
        double[] ends = {0, path.passes().size()};
        Charts.line(chart, name, ends, new double[] {value, value}, Charts.TEXT)
                .setLineStyle(Charts.DASHED)
                .setShowInLegend(true);
    }

    private double[] of(ToDoubleFunction<PassPath.Point> quantity) {
        return path.points().stream().mapToDouble(quantity).toArray();
    }
}
