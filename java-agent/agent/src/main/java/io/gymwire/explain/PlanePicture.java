// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Charts;
import io.gymwire.report.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture of a {@link Plane}. */
final class PlanePicture {

    private static final Dimension SIZE = new Dimension(1120, 680); // pixels
    private static final int LEVELS = 16;
    private static final Color GAIN = new Color(0x7DA7C9);
    private static final Color LOSS = new Color(0xD9B38C);
    private static final Color NEITHER = new Color(0x8C8C8C);
    private static final BasicStroke DOTTED =
            new BasicStroke(1.4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, new float[] {1, 4}, 0);
    /** Contours have labels only in the inner part of the window: this share of its width and height. */
    private static final double LABELS = 0.9;

    private final Plane plane;
    private final XYChart chart;

    private PlanePicture(Plane plane) {
        this.plane = plane;
        this.chart = Charts.create(
                "Surrogate and trust region in the plane of gradient and natural gradient",
                "along the gradient g, in units of theta",
                "along the part of x that is orthogonal to g, in units of theta",
                SIZE);
    }

    static Picture of(Plane plane) {
        PlanePicture picture = new PlanePicture(plane);
        picture.draw();
        return new Picture(List.of(picture.chart), 1);
    }

    private void draw() {
        Plane.Window window = plane.window();
        chart.getStyler()
                .setXAxisMin(window.least().u())
                .setXAxisMax(window.most().u())
                .setYAxisMin(window.least().v())
                .setYAxisMax(window.most().v())
                .setPlotContentSize(1)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendLayout(Styler.LegendLayout.Vertical);
        chart.getStyler()
                .setAnnotationTextFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11))
                .setAnnotationTextFontColor(NEITHER.darker());
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(NumberText::tick);
        chart.getStyler().setYAxisTickLabelsFormattingFunction(NumberText::tick);
        contours();
        closed(
                "KL(old, theta) = " + plane.bound().name(),
                plane.curves().divergence(),
                Charts.COLOURS.get(1),
                Charts.THICK);
        closed("quadratic model, with damping", plane.curves().damped(), Charts.COLOURS.get(2), Charts.DASHED);
        closed("quadratic model, without damping", plane.curves().model(), Charts.COLOURS.get(2), DOTTED);
        step(
                "gradient, to the curve of the damped quadratic model",
                plane.steps().gradient().place(),
                Charts.COLOURS.get(4));
        step("natural gradient, full step", plane.steps().natural().place(), Charts.COLOURS.get(0));
        passes(plane.steps().passes());
        end("the update", plane.steps().taken().place());
    }

    private void contours() {
        double[] levels = levels(plane.grid().gains());
        for (int i = 0; i < levels.length; i++) {
            double level = levels[i];
            List<Contours.Segment> segments = Contours.of(
                    plane.grid().us(), plane.grid().vs(), plane.grid().gains(), level);
            if (segments.isEmpty()) {
                continue;
            }
            Color colour = level == 0 ? NEITHER : level > 0 ? GAIN : LOSS;
            XYSeries series = Charts.line(
                    chart,
                    level == 0 ? "L(theta) = L(theta_old)" : "L(theta) - L(theta_old) = " + NumberText.tick(level),
                    segments.stream()
                            .flatMapToDouble(s -> DoubleStream.of(s.from().u(), s.to().u(), s.to().u()))
                            .toArray(),
                    segments.stream()
                            .flatMapToDouble(s -> DoubleStream.of(s.from().v(), s.to().v(), Double.NaN))
                            .toArray(),
                    colour);
            series.setLineStyle(level == 0 ? Charts.DASHED : Charts.THIN);
            series.setShowInLegend(level == 0);
            label(segments, level);
        }
    }

    /** The levels of the contours, ascending: those multiples of a round number that are in the range of the values. */
    private static double[] levels(double[][] values) {
        double[] finite = Arrays.stream(values)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .toArray();
        double low = Arrays.stream(finite).min().orElse(0);
        double high = Arrays.stream(finite).max().orElse(0);
        if (!(high > low)) {
            return new double[0];
        }
        double step = roundUp((high - low) / LEVELS);
        List<Double> levels = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
            levels.add(i * step);
        }
        return levels.stream().mapToDouble(level -> level).toArray();
    }

    /** The smallest number that is at least {@code value} and is 1, 2 or 5 times a power of ten. */
    private static double roundUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(digit -> digit * power)
                .filter(round -> round >= value)
                .findFirst()
                .orElse(10 * power);
    }

    /**
     * Writes the level on its line, at the point that is farthest to the upper left within the inner part of the
     * window. A line outside the inner part gets no label.
     */
    private void label(List<Contours.Segment> segments, double level) {
        Plane.Point least = plane.window().least();
        Plane.Point most = plane.window().most();
        double best = Double.NEGATIVE_INFINITY;
        Plane.Point place = null;
        for (Contours.Segment segment : segments) {
            double u = (segment.from().u() - least.u()) / (most.u() - least.u());
            double v = (segment.from().v() - least.v()) / (most.v() - least.v());
            if (Math.max(Math.abs(2 * u - 1), Math.abs(2 * v - 1)) < LABELS && v - u > best) {
                best = v - u;
                place = segment.from();
            }
        }
        if (place != null) {
            AnnotationText text = new AnnotationText(NumberText.tick(level), place.u(), place.v(), false);
            chart.addAnnotation(text);
        }
    }

    /** Draws a closed curve, with a gap at each point that is NaN. Draws nothing if all points are NaN. */
    private void closed(String name, List<Plane.Point> points, Color colour, BasicStroke stroke) {
        if (points.stream().allMatch(point -> Double.isNaN(point.u()))) {
            return;
        }
        List<Plane.Point> around = new ArrayList<>(points);
        around.add(points.get(0));
        Charts.line(
                        chart,
                        name,
                        around.stream()
                                .mapToDouble(p -> Double.isNaN(p.u()) ? 0 : p.u())
                                .toArray(),
                        around.stream().mapToDouble(Plane.Point::v).toArray(),
                        colour)
                .setLineStyle(stroke)
                .setShowInLegend(true);
    }

    /** Draws a line from theta_old to the end of a step. */
    private void step(String name, Plane.Point end, Color colour) {
        XYSeries line = Charts.line(chart, name, new double[] {0, end.u()}, new double[] {0, end.v()}, colour);
        line.setMarker(SeriesMarkers.CIRCLE).setLineStyle(Charts.THICK).setShowInLegend(true);
    }

    /** Draws a line from theta_old through the ends of the passes, if there are several. */
    private void passes(List<Plane.Point> ends) {
        if (ends.size() > 1) {
            List<Plane.Point> way = new ArrayList<>(List.of(new Plane.Point(0, 0)));
            way.addAll(ends);
            Charts.line(
                            chart,
                            "the passes of the update",
                            way.stream().mapToDouble(Plane.Point::u).toArray(),
                            way.stream().mapToDouble(Plane.Point::v).toArray(),
                            Charts.TEXT)
                    .setMarker(SeriesMarkers.CIRCLE)
                    .setLineStyle(Charts.THIN)
                    .setShowInLegend(true);
        }
    }

    /** Draws a mark at the end of a step. */
    private void end(String name, Plane.Point end) {
        Charts.line(chart, name, new double[] {end.u()}, new double[] {end.v()}, Charts.TEXT)
                .setMarker(SeriesMarkers.DIAMOND)
                .setShowInLegend(true);
    }
}
