// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A plot of a quantity over environment steps: a thick line for the mean of each group's seeds, a band for the
 * bootstrap interval of the mean, a thin line for each seed. A group of one seed has only the thick line. If there are
 * more groups than colours, the further groups have a dashed line instead of the thick line.
 */
final class Plot {

    private static final int THIN_ALPHA = 90;
    private static final int BAND_ALPHA = 45;
    /**
     * The number of points of a group's mean and of its band, unless they have only one point. More points would look
     * the same on a screen.
     */
    private static final int POINTS = 200;
    /**
     * The number of bootstrap replications for each point of a band. A small number is enough, because the ends of a
     * band do not have to be exact.
     */
    private static final int REPLICATIONS = 1000;

    private final XYChart chart;
    private final Function<Run, Curve> quantity;
    private final boolean logarithmic;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private double end;
    private Double fixedLow;
    private Double fixedHigh;

    /**
     * The texts of a plot, and the kind of its axis of values.
     *
     * @param title the title of the whole plot
     * @param values the name of the axis of values
     * @param logarithmic whether that axis is logarithmic
     */
    record Axes(String title, String values, boolean logarithmic) {}

    private Plot(Axes axes, Dimension size, Function<Run, Curve> quantity) {
        this.quantity = quantity;
        this.logarithmic = axes.logarithmic();
        this.chart = Charts.create(axes.title(), "environment steps", axes.values(), size);
        XYStyler style = chart.getStyler();
        style.setYAxisLogarithmic(logarithmic);
        style.setXAxisTickLabelsFormattingFunction(Numbers::si);
        style.setXAxisMin(0.0);
        if (!logarithmic) {
            style.setYAxisTickLabelsFormattingFunction(Plot::tick);
        }
    }

    /**
     * Draws groups of runs. All runs are of the same environment.
     *
     * @param size the plot's size in pixels
     * @param quantity computes the curve that is drawn for a run
     */
    static Plot of(Axes axes, Dimension size, List<Group> groups, Function<Run, Curve> quantity) {
        Plot plot = new Plot(axes, size, quantity);
        plot.chart
                .getStyler()
                .setLegendLayout(groups.size() > 3 ? Styler.LegendLayout.Vertical : Styler.LegendLayout.Horizontal);
        for (int i = 0; i < groups.size(); i++) {
            plot.add(
                    groups.get(i),
                    Charts.COLOURS.get(i % Charts.COLOURS.size()),
                    i < Charts.COLOURS.size() ? Charts.THICK : Charts.DASHED);
        }
        plot.fitRange();
        return plot;
    }

    /**
     * Adds a horizontal line with a name. The line ends where the longest curve ends. Without a curve, or if the level
     * is not finite, this method does nothing.
     */
    Plot withLevel(String name, double level) {
        if (Double.isFinite(level) && end > 0) {
            line(name, new double[] {0, end}, new double[] {level, level}, Charts.TEXT, Charts.DASHED)
                    .setShowInLegend(true);
            fitRange();
        }
        return this;
    }

    /** Adds a dashed curve. Several of these curves can have the same name. The legend shows the name only once. */
    Plot withCurve(String name, Curve curve) {
        Curve drawn = drawable(curve);
        if (!drawn.isEmpty()) {
            int before = chart.getSeriesCollection().size();
            boolean first = chart.getSeriesCollection().stream()
                    .noneMatch(series -> series.getName().equals(name));
            line(first ? name : name + " " + before, drawn.steps(), drawn.values(), Charts.TEXT, Charts.DASHED)
                    .setShowInLegend(first);
            fitRange();
        }
        return this;
    }

    /**
     * Fixes the ends of the axis of values. If an end is null, the data determine it. Values beyond a fixed end are cut
     * off.
     */
    Plot within(Double low, Double high) {
        fixedLow = low;
        fixedHigh = high;
        fitRange();
        return this;
    }

    /** The lowest value of the lines; plus infinity if there are no lines. */
    double low() {
        return low;
    }

    /** The highest value of the lines; minus infinity if there are no lines. */
    double high() {
        return high;
    }

    XYChart chart() {
        return chart;
    }

    boolean isEmpty() {
        return chart.getSeriesCollection().isEmpty();
    }

    private void add(Group group, Color colour, BasicStroke stroke) {
        List<Curve> curves = group.runs().stream()
                .map(quantity)
                .map(this::drawable)
                .filter(curve -> !curve.isEmpty())
                .toList();
        if (curves.isEmpty()) {
            return;
        }
        // The mean is drawn only where all seeds have values. Otherwise the line would jump where the curve of one seed
        // ends. If at most one step has values of all seeds, the mean is one point, at the earliest end of a curve.
        double first = curves.stream().mapToDouble(Curve::first).max().orElseThrow();
        double last = curves.stream().mapToDouble(Curve::last).min().orElseThrow();
        int points = last > first ? POINTS : 1;
        double[] steps = new double[points];
        Arrays.setAll(steps, i -> points == 1 ? last : first + i * (last - first) / (points - 1));
        double[] means = new double[points];
        double[] lows = new double[points];
        double[] highs = new double[points];
        for (int i = 0; i < points; i++) {
            double step = steps[i];
            double[] values =
                    curves.stream().mapToDouble(curve -> curve.at(step)).toArray();
            Bootstrap.Interval interval = Bootstrap.interval(new double[][] {values}, Statistics::mean, REPLICATIONS);
            means[i] = Statistics.mean(values);
            lows[i] = interval.low();
            highs[i] = interval.high();
        }
        String seeds = curves.size() == 1 ? "one seed" : "mean of " + curves.size() + " seeds";
        String name = group.label().isEmpty() ? seeds : group.label();
        if (curves.size() > 1) {
            band(
                    name + " interval",
                    steps,
                    lows,
                    highs,
                    new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_ALPHA));
            Color thin = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), THIN_ALPHA);
            for (int i = 0; i < curves.size(); i++) {
                Curve curve = curves.get(i);
                line(name + " " + i, curve.steps(), curve.values(), thin, Charts.THIN);
            }
        }
        line(name, steps, means, colour, stroke).setShowInLegend(true);
    }

    /** The part of a curve that can be drawn. A logarithmic axis can show only positive values. */
    private Curve drawable(Curve curve) {
        double[] values = curve.values();
        return logarithmic
                ? Curve.of(
                        curve.steps(),
                        Arrays.stream(values).map(v -> v > 0 ? v : Double.NaN).toArray())
                : curve;
    }

    private XYSeries line(String name, double[] steps, double[] values, Color colour, BasicStroke stroke) {
        XYSeries series = Charts.line(chart, name, steps, values, colour);
        series.setLineStyle(stroke);
        low = Math.min(low, Arrays.stream(values).min().orElse(low));
        high = Math.max(high, Arrays.stream(values).max().orElse(high));
        end = Math.max(end, steps[steps.length - 1]);
        return series;
    }

    private void band(String name, double[] steps, double[] lows, double[] highs, Color colour) {
        int n = steps.length;
        double[] around = new double[2 * n];
        Arrays.setAll(around, i -> i < n ? steps[i] : steps[2 * n - 1 - i]);
        double[] edge = new double[2 * n];
        Arrays.setAll(edge, i -> i < n ? lows[i] : highs[2 * n - 1 - i]);
        XYSeries series = chart.addSeries(name, around, edge);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea).setMarker(SeriesMarkers.NONE);
        series.setLineColor(new Color(0, true)).setLineStyle(new BasicStroke(0));
        series.setFillColor(colour).setShowInLegend(false);
    }

    /** Sets the ends of the axis. A constant curve needs a margin, because an axis needs two different ends. */
    private void fitRange() {
        boolean flat = !isEmpty() && !logarithmic && high - low < 1e-9 * Math.max(1, Math.abs(high));
        double margin = Math.max(1, Math.abs(high)) * 0.1;
        chart.getStyler()
                .setYAxisMin(fixedLow == null && flat ? Double.valueOf(low - margin) : fixedLow)
                .setYAxisMax(fixedHigh == null && flat ? Double.valueOf(high + margin) : fixedHigh);
    }

    private static String tick(double value) {
        double size = Math.abs(value);
        if (size >= 1000 || value == 0 || value == Math.rint(value)) {
            return Numbers.si(value);
        }
        return new BigDecimal(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The different finite values that {@code level} computes for the runs of the groups. */
    static double[] levels(List<Group> groups, Function<Run, Double> level) {
        return groups.stream()
                .flatMap(group -> group.runs().stream())
                .map(level)
                .flatMapToDouble(DoubleStream::of)
                .filter(Double::isFinite)
                .distinct()
                .toArray();
    }
}
