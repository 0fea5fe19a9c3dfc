// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Charts;
import io.gymwire.report.Picture;
import java.awt.Color;
import java.awt.Dimension;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;

/** Pictures of the divergence and the surrogate along a step, and of the residuals of conjugate gradient. */
final class StepPicture {

    private static final Dimension SIZE = new Dimension(560, 360); // pixels

    private StepPicture() {}

    /** The divergence and the surrogate along a step, side by side. */
    static Picture path(StepPath path) {
        double[] fractions = values(path, StepPath.Point::fraction);
        XYChart divergence = Charts.create("KL divergence along the step", "fraction of the full step", "nats", SIZE);
        line(
                divergence,
                "KL(old, theta)",
                fractions,
                values(path, p -> p.divergence().measured()),
                1);
        line(divergence, "d'Fd/2", fractions, values(path, p -> p.divergence().model()), 5);
        line(
                divergence,
                "d'(F + damping I)d/2",
                fractions,
                values(path, p -> p.divergence().damped()),
                2);
        double[] delta = new double[fractions.length];
        Arrays.fill(delta, path.delta());
        Charts.line(divergence, "delta", fractions, delta, Charts.TEXT)
                .setLineStyle(Charts.DASHED)
                .setShowInLegend(true);
        XYChart gain = Charts.create("Surrogate along the step", "fraction of the full step", "L - L(theta_old)", SIZE);
        line(
                gain,
                "L(theta) - L(theta_old)",
                fractions,
                values(path, p -> p.gain().measured()),
                0);
        line(gain, "g'd", fractions, values(path, p -> p.gain().model()), 4);
        for (XYChart chart : List.of(divergence, gain)) {
            chart.getStyler().setXAxisMin(0.0).setYAxisTickLabelsFormattingFunction(NumberText::tick);
            chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        }
        return new Picture(List.of(divergence, gain), 2);
    }

    /** The norm of the residual, as a fraction of |g|, before the first iteration and after each iteration. */
    static Picture residuals(Solution solution) {
        int iterations = solution.iterations().size();
        double[] numbers = new double[iterations + 1];
        double[] residuals = new double[iterations + 1];
        residuals[0] = 1;
        for (int k = 1; k <= iterations; k++) {
            numbers[k] = k;
            residuals[k] = solution.iterations().get(k - 1).residual();
        }
        XYChart chart = Charts.create("Conjugate gradient's residual", "iteration", "|r| / |g|", SIZE);
        line(chart, "|r| / |g|", numbers, residuals, 0);
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setXAxisMin(0.0)
                .setYAxisMin(decadeBelow(residuals))
                .setLegendVisible(false);
        return new Picture(List.of(chart), 1);
    }

    /**
     * The greatest power of ten that is not above the least positive value. The axis begins there, because on an axis
     * that covers less than a factor of ten, only one mark would have a number.
     */
    private static double decadeBelow(double[] values) {
        double least = Arrays.stream(values).filter(value -> value > 0).min().orElse(1);
        return Math.pow(10, Math.floor(Math.log10(least)));
    }

    private static void line(XYChart chart, String name, double[] xs, double[] ys, int colour) {
        Color own = Charts.COLOURS.get(colour);
        Charts.line(chart, name, xs, ys, own).setLineStyle(Charts.THICK).setShowInLegend(true);
    }

    private static double[] values(StepPath path, ToDoubleFunction<StepPath.Point> quantity) {
        return path.points().stream().mapToDouble(quantity).toArray();
    }
}
