// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Bootstrap;
import io.gymwire.report.TextTable;
import io.gymwire.update.natural.LineSearchTry;
import java.util.ArrayList;
import java.util.List;

/** The tables of the page. */
final class Sections {

    private Sections() {}

    static TextTable collected(Collected collected) {
        TextTable table = new TextTable(1, "batch", "");
        table.row("samples", Integer.toString(collected.samples()));
        if (collected.samples() > collected.newest()) {
            table.row("samples of the newest rollout", Integer.toString(collected.newest()));
        }
        table.row("environments", Integer.toString(collected.envs()));
        Collected.Returns returns = collected.returns();
        table.row("episodes that ended", Integer.toString(returns.episodes()));
        if (returns.episodes() > 0) {
            table.row("their mean return", Digits.of(returns.mean()));
            table.row("least and greatest return", Digits.of(returns.least()) + " to " + Digits.of(returns.most()));
            table.row("their mean length in steps", Digits.of(returns.length()));
        }
        Collected.Spread advantages = collected.advantages();
        table.row("mean advantage, before normalisation", Digits.of(advantages.mean()));
        table.row("standard deviation of the advantages", Digits.of(advantages.std()));
        table.row(
                "least and greatest advantage", Digits.of(advantages.least()) + " to " + Digits.of(advantages.most()));
        return table;
    }

    static TextTable objective(Objective objective) {
        TextTable table = new TextTable(1, "at theta_old", "");
        table.row("L(theta_old)", Digits.of(objective.surrogate()));
        table.row("entropy in nats", Digits.of(objective.entropy()));
        table.row("|g|", Digits.of(objective.gradientNorm()));
        return table;
    }

    static TextTable parts(Objective objective) {
        TextTable table = new TextTable(1, "part of theta", "size", "|g| of the part");
        for (Objective.Part part : objective.parts()) {
            table.row(part.name(), Integer.toString(part.size()), Digits.of(part.gradientNorm()));
        }
        return table;
    }

    static TextTable iterations(Solution solution) {
        TextTable table =
                new TextTable(0, "iteration", "alpha", "beta", "|r|/|g| after", "p'r", "r'r", "p'r / r'r - 1");
        int number = 0;
        for (Solution.Iteration iteration : solution.iterations()) {
            table.row(
                    Integer.toString(++number),
                    Digits.of(iteration.alpha()),
                    Digits.of(iteration.beta()),
                    Digits.of(iteration.residual()),
                    Digits.of(iteration.pr()),
                    Digits.of(iteration.rr()),
                    Digits.of(iteration.pr() / iteration.rr() - 1));
        }
        return table;
    }

    static TextTable conjugacy(Solution solution) {
        double[][] values = solution.conjugacy();
        List<String> header = new ArrayList<>(List.of(""));
        for (int j = 1; j <= values.length; j++) {
            header.add("p" + j);
        }
        TextTable table = new TextTable(1, header.toArray(String[]::new));
        for (int i = 0; i < values.length; i++) {
            List<String> row = new ArrayList<>(List.of("p" + (i + 1)));
            for (double value : values[i]) {
                row.add(Digits.rough(value));
            }
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    static TextTable multiplier(Multiplier multiplier) {
        TextTable table = new TextTable(1, "condition", "");
        table.row("delta", Digits.of(multiplier.delta()));
        table.row("beta = sqrt(2 delta / x'Hx)", Digits.of(multiplier.beta()));
        table.row("lambda = 1 / beta", Digits.of(multiplier.lambda()));
        table.row("stationarity: |g - lambda H d| / |g|", Digits.of(multiplier.stationarity()));
        table.row("d'Hd/2", Digits.of(multiplier.divergence()));
        table.row("slackness: (d'Hd/2 - delta) / delta", Digits.of(multiplier.divergence() / multiplier.delta() - 1));
        return table;
    }

    /** @param every the table has every {@code every}-th point of the path */
    static TextTable path(StepPath path, int every) {
        TextTable table = new TextTable(0, "fraction", "KL(old, theta)", "d'Fd/2", "d'Hd/2", "L - L(theta_old)", "g'd");
        for (int i = 0; i < path.points().size(); i += every) {
            StepPath.Point point = path.points().get(i);
            table.row(
                    Digits.of(point.fraction()),
                    Digits.of(point.divergence().measured()),
                    Digits.of(point.divergence().model()),
                    Digits.of(point.divergence().damped()),
                    Digits.of(point.gain().measured()),
                    Digits.of(point.gain().model()));
        }
        return table;
    }

    static TextTable tries(List<LineSearchTry> tries) {
        TextTable table = new TextTable(0, "try", "fraction", "KL(old, theta)", "gain of L", "predicted", "verdict");
        for (int i = 0; i < tries.size(); i++) {
            LineSearchTry attempt = tries.get(i);
            table.row(
                    Integer.toString(i + 1),
                    Digits.of(attempt.fraction()),
                    Digits.of(attempt.point().divergence()),
                    Digits.of(attempt.gain()),
                    Digits.of(attempt.expectedGain()),
                    attempt.verdict().sentence());
        }
        return table;
    }

    static TextTable fullStep(FullStep step) {
        TextTable table = new TextTable(1, "the full step", "");
        table.row("delta", Digits.of(step.delta()));
        table.row("KL(old, new)", Digits.of(step.divergence()));
        table.row("KL(old, new) / delta", Digits.of(step.divergence() / step.delta()));
        table.row("gain of L", Digits.of(step.gain()));
        table.row("predicted: g'(theta_new - theta_old)", Digits.of(step.predicted()));
        table.row("gain / predicted", Digits.of(step.gain() / step.predicted()));
        table.row("|beta x|", Digits.of(step.norm()));
        return table;
    }

    static TextTable bound(Improvement.Bound bound) {
        TextTable table = new TextTable(1, "bound", "");
        table.row("gamma", Digits.of(bound.gamma()));
        table.row("epsilon = max |A|", Digits.of(bound.epsilon()));
        table.row("C = 4 epsilon gamma / (1 - gamma)^2", Digits.of(bound.coefficient()));
        table.row("KLmax, over the batch's states", Digits.of(bound.klMax()));
        table.row("L(new) - L(old), advantages not normalised", Digits.of(bound.gain()));
        table.row("L(new) - L(old) - C KLmax", Digits.of(bound.value()));
        return table;
    }

    static TextTable improvement(Improvement improvement) {
        TextTable table = new TextTable(1, "estimate of", "mean", Bootstrap.CONFIDENCE + " % interval");
        estimate(table, "J(new) - J(old): batch, importance weights, old states", improvement.importance());
        Improvement.Fresh fresh = improvement.fresh();
        estimate(table, "J(new) - J(old): lemma, fresh episodes of new", fresh.lemma());
        estimate(table, "the lemma's sum, episodes of old: 0 except for the critic's error", fresh.critic());
        estimate(table, "J(new) - J(old): measured, equal seeds", fresh.discounted());
        estimate(table, "mean return of old, undiscounted", fresh.undiscounted().before());
        estimate(table, "mean return of new, undiscounted", fresh.undiscounted().after());
        estimate(
                table,
                "difference of mean returns, undiscounted",
                fresh.undiscounted().difference());
        return table;
    }

    private static void estimate(TextTable table, String name, Improvement.Estimate estimate) {
        String interval = Double.isNaN(estimate.low())
                ? Digits.of(Double.NaN)
                : Digits.of(estimate.low()) + " to " + Digits.of(estimate.high());
        table.row(name, Digits.of(estimate.mean()), interval);
    }

    static TextTable steps(Plane plane) {
        TextTable table =
                new TextTable(1, "step d", "along g", "orthogonal to g", "|d|", "KL(old, theta)", "L - L(theta_old)");
        step(table, "gradient, to the same bound", plane.steps().gradient());
        step(table, "natural gradient, full step", plane.steps().natural());
        step(table, "the update", plane.steps().taken());
        return table;
    }

    private static void step(TextTable table, String name, Plane.End end) {
        table.row(
                name,
                Digits.of(end.place().u()),
                Digits.of(end.place().v()),
                Digits.of(end.length()),
                Digits.of(end.divergence()),
                Digits.of(end.gain()));
    }
}
