// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.TextTable;
import io.gymwire.update.natural.LineSearchTry;
import java.util.List;

/** Tables for other programs: numbers of the update that {@code explain} shows, with all their digits. */
final class FullPrecisionTables {

    private FullPrecisionTables() {}

    static TextTable iterations(Solution solution) {
        TextTable table = new TextTable(0, "iteration", "alpha", "beta", "relative_residual", "p_r", "r_r");
        int number = 0;
        for (Solution.Iteration i : solution.iterations()) {
            numbers(table, ++number, i.alpha(), i.beta(), i.residual(), i.pr(), i.rr());
        }
        return table;
    }

    static TextTable path(StepPath path) {
        TextTable table =
                new TextTable(0, "fraction", "kl", "kl_model", "kl_model_damped", "surrogate_gain", "linear_gain");
        for (StepPath.Point point : path.points()) {
            numbers(
                    table,
                    point.fraction(),
                    point.divergence().measured(),
                    point.divergence().model(),
                    point.divergence().damped(),
                    point.gain().measured(),
                    point.gain().model());
        }
        return table;
    }

    static TextTable tries(List<LineSearchTry> tries) {
        TextTable table = new TextTable(0, "fraction", "kl", "surrogate_gain", "predicted_gain", "verdict");
        for (LineSearchTry attempt : tries) {
            table.row(
                    NumberText.full(attempt.fraction()),
                    NumberText.full(attempt.point().divergence()),
                    NumberText.full(attempt.gain()),
                    NumberText.full(attempt.expectedGain()),
                    attempt.verdict().sentence());
        }
        return table;
    }

    static TextTable passes(PassPath path) {
        TextTable table = new TextTable(
                0,
                "pass",
                "loss",
                "gradient_norm",
                "kl_of_the_pass",
                "kl",
                "surrogate_gain",
                "objective_gain",
                "clip_fraction");
        for (PassPath.Pass pass : path.passes()) {
            PassPath.Point end = pass.end();
            numbers(
                    table,
                    end.passes(),
                    pass.loss(),
                    pass.gradientNorm(),
                    pass.divergence(),
                    end.divergence(),
                    end.gain(),
                    end.objectiveGain(),
                    end.clipFraction());
        }
        return table;
    }

    static TextTable places(PassPath path) {
        TextTable table = new TextTable(0, "passes", "kl", "surrogate_gain", "objective_gain", "clip_fraction");
        for (PassPath.Point point : path.points()) {
            numbers(
                    table,
                    point.passes(),
                    point.divergence(),
                    point.gain(),
                    point.objectiveGain(),
                    point.clipFraction());
        }
        return table;
    }

    static TextTable grid(Plane.Grid grid) {
        TextTable table = new TextTable(0, "along_gradient", "orthogonal", "surrogate_gain", "kl");
        for (int row = 0; row < grid.vs().length; row++) {
            for (int column = 0; column < grid.us().length; column++) {
                numbers(
                        table,
                        grid.us()[column],
                        grid.vs()[row],
                        grid.gains()[row][column],
                        grid.divergences()[row][column]);
            }
        }
        return table;
    }

    static TextTable curves(Plane.Curves curves) {
        TextTable table = new TextTable(1, "curve", "along_gradient", "orthogonal");
        curve(table, "kl", curves.divergence());
        curve(table, "kl_model", curves.model());
        curve(table, "kl_model_damped", curves.damped());
        return table;
    }

    private static void curve(TextTable table, String name, List<Plane.Point> points) {
        points.forEach(point -> table.row(name, NumberText.full(point.u()), NumberText.full(point.v())));
    }

    private static void numbers(TextTable table, double... values) {
        String[] cells = new String[values.length];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = NumberText.full(values[i]);
        }
        table.row(cells);
    }
}
