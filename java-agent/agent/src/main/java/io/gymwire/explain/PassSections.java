// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.metrics.MetricValues;
import io.gymwire.report.TextTable;
import io.gymwire.update.ppo.PpoMetrics;
import java.util.ArrayList;
import java.util.List;

/** The texts and tables of an update of PPO. */
final class PassSections {

    private PassSections() {}

    static String equations(PassPath.Rule rule) {
        return rule.penalised() ? """
                        objective  L(theta) - beta KL(theta),  r_i = pi_theta(a_i|s_i) / pi_old(a_i|s_i)
                        L(theta)   = mean_i r_i A_i            KL(theta) = mean_i KL(pi_old(.|s_i), pi_theta(.|s_i))
                        """ : """
                        objective  mean_i min(r_i A_i, clip(r_i, 1 - eps, 1 + eps) A_i)
                        r_i        = pi_theta(a_i|s_i) / pi_old(a_i|s_i)
                        """;
    }

    /** The purpose of the objective. */
    static String purpose(PassPath.Rule rule) {
        return "PPO has no constraint and no line search. It maximises the objective with Adam on minibatches of the"
                + " batch. "
                + (rule.penalised()
                        ? "The penalty makes the objective smaller far from the old policy."
                        : "A sample's ratio has no part in the gradient if it is above the clip range and the sample's"
                                + " advantage is positive, or if it is below the clip range and the advantage is"
                                + " negative. Steps for other samples can still change the ratio.")
                + " With --entropy, an entropy bonus is added to the objective. With --reuse or --lag 1, a sample of an"
                + " earlier policy has a weight w_i: w_i r_i takes the place of r_i"
                + (rule.penalised() ? "" : ", and w_i takes the place of 1 in 1 - eps and 1 + eps")
                + ". At theta_old, the gradient of the objective is the gradient of the surrogate. In the tables, g is"
                + " the gradient of a minibatch's loss.";
    }

    static TextTable settings(PassPath path) {
        PassPath.Rule rule = path.rule();
        TextTable table = new TextTable(1, "setting", "");
        if (rule.penalised()) {
            table.row("beta, in this update", NumberText.of(rule.penalty().beta()));
        } else {
            table.row("clip range eps", NumberText.of(rule.clipRange()));
        }
        table.row("target KL K, in nats", NumberText.of(rule.target()));
        table.row("maximum number of passes", Integer.toString(rule.mostPasses()));
        table.row("samples of a minibatch", Integer.toString(path.optimiser().minibatch()));
        table.row(
                "Adam's step size, in this update",
                NumberText.of(path.optimiser().learningRate()));
        table.row(
                "maximum |g|; a longer g is scaled down",
                NumberText.of(path.optimiser().maxGradientNorm()));
        return table;
    }

    static TextTable whole(PassPath path, MetricValues measured) {
        TextTable table = new TextTable(1, "the whole update", "");
        table.row("passes made", Integer.toString(path.passes().size()));
        table.row("mean loss of the minibatches", NumberText.of(measured.get(PpoMetrics.POLICY_GRADIENT_LOSS)));
        table.row("mean |g| of the minibatches", NumberText.of(measured.get(PpoMetrics.GRADIENT_NORM)));
        if (path.rule().penalised()) {
            table.row(
                    "beta, in the next update",
                    NumberText.of(path.rule().penalty().next()));
        } else {
            table.row("clip fraction over all minibatches", NumberText.of(measured.get(PpoMetrics.CLIP_FRACTION)));
        }
        table.row("KL(old, new)", NumberText.of(measured.get(PpoMetrics.KL_DIVERGENCE)));
        table.row("L(theta_new) - L(theta_old)", NumberText.of(measured.get(PpoMetrics.ACTUAL_IMPROVEMENT)));
        return table;
    }

    /** The reason why the passes ended, or the change of the penalty. */
    static String ending(PassPath path) {
        PassPath.Rule rule = path.rule();
        if (rule.penalised()) {
            return penalty(path.last().end().divergence(), rule);
        }
        String limit = "1.5 K = " + NumberText.of(rule.limit());
        String when = " The limit is checked only at the end of a pass, so KL(old, theta) can exceed it earlier.";
        return path.endedEarly()
                ? "The update stopped early, after pass " + path.passes().size() + " of at most " + rule.mostPasses()
                        + ": the mean KL divergence of that pass is "
                        + NumberText.of(path.last().divergence()) + ", beyond " + limit + "." + when
                : "All " + rule.mostPasses() + " passes that --policy-epochs allows were made:"
                        + " no pass before the last had a mean KL divergence beyond " + limit + ".";
    }

    private static String penalty(double divergence, PassPath.Rule rule) {
        String where = divergence < rule.least()
                ? "below K / 1.5 = " + NumberText.of(rule.least()) + ", so beta is halved"
                : divergence > rule.limit()
                        ? "beyond 1.5 K = " + NumberText.of(rule.limit()) + ", so beta is doubled"
                        : "between K / 1.5 and 1.5 K, so beta stays";
        return "With a penalty all passes are made. KL(old, new) is " + NumberText.of(divergence) + ", " + where
                + ": it is " + NumberText.of(rule.penalty().next()) + " in the next update.";
    }

    static TextTable passes(PassPath path) {
        boolean clips = !path.rule().penalised();
        List<String> header = new ArrayList<>(List.of(
                "pass", "KL of the pass", "KL(old, theta) after", "L - L(theta_old) after", "objective's gain after"));
        header.addAll(clips ? List.of("clip fraction after") : List.of());
        header.addAll(List.of("mean loss", "mean |g|"));
        TextTable table = new TextTable(0, header.toArray(String[]::new));
        int number = 0;
        for (PassPath.Pass pass : path.passes()) {
            PassPath.Point end = pass.end();
            List<String> row = new ArrayList<>(List.of(
                    Integer.toString(++number),
                    NumberText.of(pass.divergence()),
                    NumberText.of(end.divergence()),
                    NumberText.of(end.gain()),
                    NumberText.of(end.objectiveGain())));
            row.addAll(clips ? List.of(NumberText.of(end.clipFraction())) : List.of());
            row.addAll(List.of(NumberText.of(pass.loss()), NumberText.of(pass.gradientNorm())));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }
}
