// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Bootstrap;
import io.gymwire.report.TextTable;
import io.gymwire.update.natural.LineSearchTry;
import java.util.ArrayList;
import java.util.List;

/** The tables of {@link ExplanationPage}. */
final class Sections {

    private Sections() {}

    static TextTable collected(BatchSummary collected) {
        TextTable table = new TextTable(1, "batch", "");
        table.row("samples", Integer.toString(collected.samples()));
        if (collected.samples() > collected.newest()) {
            table.row("samples of the newest rollout", Integer.toString(collected.newest()));
        }
        table.row("environments", Integer.toString(collected.envs()));
        BatchSummary.Returns returns = collected.returns();
        table.row("episodes that ended", Integer.toString(returns.episodes()));
        if (returns.episodes() > 0) {
            table.row("their mean return", NumberText.of(returns.mean()));
            table.row(
                    "least and greatest return",
                    NumberText.of(returns.least()) + " to " + NumberText.of(returns.most()));
            table.row("their mean length in steps", NumberText.of(returns.length()));
        }
        BatchSummary.Spread advantages = collected.advantages();
        table.row("mean advantage, before normalisation", NumberText.of(advantages.mean()));
        table.row("standard deviation of the advantages", NumberText.of(advantages.std()));
        table.row(
                "least and greatest advantage",
                NumberText.of(advantages.least()) + " to " + NumberText.of(advantages.most()));
        return table;
    }

    static TextTable objective(Objective objective) {
        TextTable table = new TextTable(1, "at theta_old", "");
        table.row("L(theta_old)", NumberText.of(objective.surrogate()));
        table.row("entropy in nats", NumberText.of(objective.entropy()));
        table.row("|g|", NumberText.of(objective.gradientNorm()));
        return table;
    }

    static TextTable parts(Objective objective) {
        TextTable table = new TextTable(1, "part of theta", "size", "|g| of the part");
        for (Objective.Part part : objective.parts()) {
            table.row(part.name(), Integer.toString(part.size()), NumberText.of(part.gradientNorm()));
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
                    NumberText.of(iteration.alpha()),
                    NumberText.of(iteration.beta()),
                    NumberText.of(iteration.residual()),
                    NumberText.of(iteration.pr()),
                    NumberText.of(iteration.rr()),
                    NumberText.of(iteration.pr() / iteration.rr() - 1));
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
                row.add(NumberText.rough(value));
            }
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    static TextTable multiplier(Multiplier multiplier) {
        TextTable table = new TextTable(1, "condition", "");
        table.row("delta", NumberText.of(multiplier.delta()));
        table.row("beta = sqrt(2 delta / x'Hx)", NumberText.of(multiplier.beta()));
        table.row("lambda = 1 / beta", NumberText.of(multiplier.lambda()));
        table.row("stationarity: |g - lambda H d| / |g|", NumberText.of(multiplier.stationarity()));
        table.row("d'Hd/2", NumberText.of(multiplier.divergence()));
        table.row(
                "slackness: (d'Hd/2 - delta) / delta", NumberText.of(multiplier.divergence() / multiplier.delta() - 1));
        return table;
    }

    /** @param every the table has the path's points with the indices 0, {@code every}, 2 * {@code every} and so on */
    static TextTable path(StepPath path, int every) {
        TextTable table = new TextTable(0, "fraction", "KL(old, theta)", "d'Fd/2", "d'Hd/2", "L - L(theta_old)", "g'd");
        for (int i = 0; i < path.points().size(); i += every) {
            StepPath.Point point = path.points().get(i);
            table.row(
                    NumberText.of(point.fraction()),
                    NumberText.of(point.divergence().measured()),
                    NumberText.of(point.divergence().model()),
                    NumberText.of(point.divergence().damped()),
                    NumberText.of(point.gain().measured()),
                    NumberText.of(point.gain().model()));
        }
        return table;
    }

    static TextTable tries(List<LineSearchTry> tries) {
        TextTable table = new TextTable(0, "try", "fraction", "KL(old, theta)", "gain of L", "predicted", "verdict");
        for (int i = 0; i < tries.size(); i++) {
            LineSearchTry attempt = tries.get(i);
            table.row(
                    Integer.toString(i + 1),
                    NumberText.of(attempt.fraction()),
                    NumberText.of(attempt.point().divergence()),
                    NumberText.of(attempt.gain()),
                    NumberText.of(attempt.expectedGain()),
                    attempt.verdict().sentence());
        }
        return table;
    }

    static TextTable fullStep(FullStep step) {
        TextTable table = new TextTable(1, "the full step", "");
        table.row("delta", NumberText.of(step.delta()));
        table.row("KL(old, new)", NumberText.of(step.divergence()));
        table.row("KL(old, new) / delta", NumberText.of(step.divergence() / step.delta()));
        table.row("gain of L", NumberText.of(step.gain()));
        table.row("predicted: g'(theta_new - theta_old)", NumberText.of(step.predicted()));
        table.row("gain / predicted", NumberText.of(step.gain() / step.predicted()));
        table.row("|beta x|", NumberText.of(step.norm()));
        return table;
    }

    static TextTable bound(Improvement.Bound bound) {
        TextTable table = new TextTable(1, "bound", "");
        table.row("gamma", NumberText.of(bound.gamma()));
        table.row("epsilon = max |A|", NumberText.of(bound.epsilon()));
        table.row("C = 4 epsilon gamma / (1 - gamma)^2", NumberText.of(bound.coefficient()));
        table.row("KLmax, over the states of the newest rollout", NumberText.of(bound.klMax()));
        table.row("L(new) - L(old), advantages not normalised", NumberText.of(bound.gain()));
        table.row("L(new) - L(old) - C KLmax", NumberText.of(bound.value()));
        return table;
    }

    static TextTable improvement(Improvement improvement) {
        TextTable table = new TextTable(1, "estimate of", "mean", Bootstrap.CONFIDENCE + " % interval");
        estimate(table, "J(new) - J(old): newest rollout, importance weights, old states", improvement.importance());
        Improvement.Fresh fresh = improvement.fresh();
        estimate(table, "J(new) - J(old): lemma, fresh episodes of the new policy", fresh.lemma());
        estimate(
                table,
                "the lemma on episodes of the old policy (differs from 0 only because of the critic's error and chance)",
                fresh.critic());
        estimate(table, "J(new) - J(old): measured, equal seeds", fresh.discounted());
        estimate(
                table,
                "mean return of the old policy, undiscounted",
                fresh.undiscounted().before());
        estimate(
                table,
                "mean return of the new policy, undiscounted",
                fresh.undiscounted().after());
        estimate(
                table,
                "difference of mean returns, undiscounted",
                fresh.undiscounted().difference());
        return table;
    }

    private static void estimate(TextTable table, String name, Improvement.Estimate estimate) {
        String interval = Double.isNaN(estimate.low())
                ? NumberText.of(Double.NaN)
                : NumberText.of(estimate.low()) + " to " + NumberText.of(estimate.high());
        table.row(name, NumberText.of(estimate.mean()), interval);
    }

    static TextTable steps(Plane plane) {
        TextTable table =
                new TextTable(1, "step d", "along g", "orthogonal to g", "|d|", "KL(old, theta)", "L - L(theta_old)");
        step(
                table,
                "gradient, to the curve of the damped quadratic model",
                plane.steps().gradient());
        step(table, "natural gradient, full step", plane.steps().natural());
        step(table, "the update", plane.steps().taken());
        return table;
    }

    private static void step(TextTable table, String name, Plane.End end) {
        table.row(
                name,
                NumberText.of(end.place().u()),
                NumberText.of(end.place().v()),
                NumberText.of(end.length()),
                NumberText.of(end.divergence()),
                NumberText.of(end.gain()));
    }
}
