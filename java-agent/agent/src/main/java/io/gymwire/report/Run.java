// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.RunMetrics;
import java.nio.file.Path;
import java.util.Map;

/**
 * What one run has reached so far.
 *
 * @param identity which run it is
 * @param state how far it is
 * @param recipe what its result depends on
 * @param scores the returns that it reached
 * @param table progress.csv
 */
record Run(Identity identity, State state, Recipe recipe, Scores scores, CsvTable table) {

    /**
     * What tells a run from others.
     *
     * @param envId the environment
     */
    record Identity(Path directory, String envId, long seed) {}

    /**
     * How far a run is.
     *
     * @param status as in the manifest: running, finished, interrupted or failed; "killed" where the process of a
     *     running one is gone, "not begun" where there is a log alone
     * @param reason why it has not finished, in one sentence; empty if it has finished or is running
     * @param steps environment steps taken
     */
    record State(String status, String reason, long steps) {}

    /**
     * What a run's result depends on.
     *
     * @param settings value of each setting by its name
     * @param fingerprint what matters beside the settings: versions and machine, by name
     */
    record Recipe(Map<String, String> settings, Map<String, String> fingerprint) {}

    /**
     * Undiscounted returns, NaN where there is none.
     *
     * @param last100 mean over the last 100 training episodes
     * @param best highest point of the learning curve
     * @param deterministic mean over evaluation episodes that took the most probable actions
     * @param stochastic mean over evaluation episodes that drew actions
     * @param threshold the return that counts as solved
     */
    record Scores(double last100, Point best, double deterministic, double stochastic, Threshold threshold) {}

    /**
     * A point of a curve.
     *
     * @param step environment steps taken until then
     */
    record Point(double step, double value) {}

    /**
     * A return that counts as solved.
     *
     * @param value the return; NaN if the environment has no such return
     * @param steps environment steps until the learning curve reached it; NaN if it did not
     */
    record Threshold(double value, double steps) {}

    /** A column of progress.csv over environment steps. */
    Curve curve(String column) {
        return Curve.of(table.numbers(RunReader.STEPS), table.numbers(column));
    }

    /** The wall time of all parts of the run: the clock of a resumed one begins anew. */
    double seconds() {
        double[] elapsed = table.numbers(RunMetrics.TIME_ELAPSED.name());
        double total = 0;
        for (int i = 0; i < elapsed.length; i++) {
            if (i == elapsed.length - 1 || elapsed[i + 1] < elapsed[i]) {
                total += elapsed[i];
            }
        }
        return total;
    }

    double stepsPerSecond() {
        return state.steps() / seconds();
    }
}
