// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.Panel;
import io.gymwire.record.CsvTable;
import io.gymwire.settings.Setting;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The results of one run so far.
 *
 * @param identity the run's directory, environment and seed
 * @param state the run's progress
 * @param recipe everything that can affect the run's results
 * @param scores the returns that the run reached
 * @param table the contents of progress.csv
 */
record Run(Identity identity, State state, Recipe recipe, Scores scores, CsvTable table) {

    /**
     * The identity of a run: it distinguishes the run from other runs.
     *
     * @param envId the environment
     */
    record Identity(Path directory, String envId, long seed) {}

    /**
     * The progress of a run.
     *
     * @param status the manifest's status: running, finished, interrupted or failed. It is "killed" if the manifest
     *     says "running" but the process is gone. It is "not begun" if the run has only a log. It is "damaged" if a
     *     file of the run cannot be used. It is "unknown" if the manifest has no status
     * @param reason why the run failed, was killed, has not begun or is damaged, in one sentence; empty for any other
     *     status
     * @param steps environment steps taken, from the last row of progress.csv; 0 if it has no rows or a file is damaged
     */
    record State(String status, String reason, long steps) {}

    /**
     * Everything that can affect a run's results.
     *
     * @param settings value of each setting by its name
     * @param fingerprint the versions of programs and packages, and facts about the machine, each by its name
     * @param onGivenServers whether the environments were on servers that the agent did not start. These servers may
     *     have imported modules that the settings do not name
     */
    record Recipe(Map<String, String> settings, Map<String, String> fingerprint, boolean onGivenServers) {}

    /**
     * The undiscounted returns of a run; NaN for a return that the run does not have.
     *
     * @param last100 mean over the last training episodes, at most 100
     * @param best highest point of the learning curve. A point counts only if its step is at least the number of steps
     *     in the first 100 episodes, or in all episodes if there are fewer. If no point counts, this is the curve's
     *     last point
     * @param deterministic mean over evaluation episodes in which the policy took the most probable actions
     * @param stochastic mean over evaluation episodes in which the policy drew its actions
     * @param threshold the return at which the environment counts as solved
     */
    record Scores(double last100, Point best, double deterministic, double stochastic, Threshold threshold) {}

    /**
     * A point of a curve.
     *
     * @param step environment steps taken up to this point
     */
    record Point(double step, double value) {}

    /**
     * The return at which an environment counts as solved.
     *
     * @param value the return; NaN if neither the user nor the environment defines one
     * @param steps environment steps until the learning curve reached this return; NaN if it did not. Only the points
     *     that can become {@link Scores#best} are used
     */
    record Threshold(double value, double steps) {}

    /**
     * The limit of a metric.
     *
     * @param name the limit's name in pictures
     * @param values the limit in each row of progress.csv; NaN if unknown
     */
    record Limit(String name, double[] values) {}

    /** A column of progress.csv over environment steps. */
    Curve curve(String column) {
        return curve(table.numbers(column));
    }

    /** One value for each row of progress.csv, over environment steps. */
    Curve curve(double[] values) {
        return Curve.of(table.numbers(RunReader.STEPS), values);
    }

    /**
     * The limit of a metric. It is another metric that the run recorded, or else a setting that an algorithm declares
     * as the limit. The result is empty if there is no limit.
     */
    Optional<Limit> limit(Metric metric) {
        return metric.panel()
                .flatMap(Panel::limit)
                .map(Metric::name)
                .filter(table::has)
                .map(name -> new Limit(name.substring(name.indexOf('/') + 1), table.numbers(name)))
                .or(() -> Algorithm.limits(metric).values().stream()
                        .filter(setting -> recipe.settings().containsKey(setting.name()))
                        .findFirst()
                        .map(this::constant));
    }

    private Limit constant(Setting<Double> setting) {
        double[] values = new double[table.size()];
        Arrays.fill(values, setting.parse(recipe.settings().get(setting.name())));
        return new Limit(setting.name(), values);
    }

    /**
     * The wall time of the run in seconds. The clock starts at 0 again whenever the run is resumed, so this is a sum
     * over the parts of the run. A part is not counted if its last time is at most the first time of the next part.
     */
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
