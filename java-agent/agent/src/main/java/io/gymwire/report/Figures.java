// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The pictures of one environment. */
final class Figures {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 460;
    private static final int PANEL_WIDTH = 560;
    private static final int PANEL_HEIGHT = 340;

    /** Updates that the share of successful line searches is taken over. */
    private static final int WINDOW = 20;

    private Figures() {}

    /** Training returns over environment steps. */
    static Picture learningCurve(List<Group> groups) {
        Plot plot = Plot.of(
                groups.get(0).envId(),
                "return, last 100 training episodes",
                WIDTH,
                HEIGHT,
                false,
                groups,
                run -> run.curve(RunReader.RETURN));
        for (double threshold : Plot.levels(groups, Run::threshold)) {
            plot.withLevel("threshold " + Numbers.score(threshold), threshold);
        }
        return new Picture(List.of(plot), 1);
    }

    /** What tells whether the updates do what they should. */
    static Picture diagnostics(List<Group> groups) {
        Plot divergence = panel(
                groups, "KL divergence of an update", "nats", false, run -> run.curve("train/kl_divergence_loss"));
        for (double delta : Plot.levels(groups, Figures::delta)) {
            divergence.withLevel("δ at the start = " + delta, delta);
        }
        divergence.within(0.0, null);
        Plot explained = panel(
                groups, "Explained variance of the critic", "", false, run -> run.curve("train/explained_variance"));
        // A new critic explains nothing, and may be far below; what matters is between 0 and 1.
        explained.within(Math.max(-1, Math.min(0, explained.low())), 1.0);
        List<Plot> plots = new ArrayList<>(List.of(
                divergence,
                panel(
                                groups,
                                "Successful line searches",
                                "share of the last " + WINDOW + " updates",
                                false,
                                run -> run.curve("train/is_line_search_success").smoothed(WINDOW))
                        .within(0.0, 1.05),
                explained,
                panel(
                        groups,
                        "Conjugate gradient residual",
                        "relative to the gradient",
                        true,
                        run -> run.curve("train/cg_residual"))));
        plots.removeIf(Plot::isEmpty);
        return plots.isEmpty() ? null : new Picture(plots, 2);
    }

    private static Plot panel(
            List<Group> groups, String title, String axis, boolean logarithmic, Function<Run, Curve> quantity) {
        return Plot.of(title, axis, PANEL_WIDTH, PANEL_HEIGHT, logarithmic, groups, quantity);
    }

    private static double delta(Run run) {
        String delta = run.settings().get("delta");
        return delta == null ? Double.NaN : Double.parseDouble(delta);
    }
}
