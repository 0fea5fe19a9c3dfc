// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.nio.file.Path;
import java.util.Map;

/**
 * What one run has reached so far. Scores are undiscounted returns, NaN where there is none.
 *
 * @param directory the run's
 * @param envId the environment
 * @param seed the run's
 * @param status as in the manifest: running, finished, interrupted or failed
 * @param reason why it has not finished, in one sentence; empty if it has, or goes on
 * @param settings value of each setting by its name
 * @param fingerprint what the result depends on beside the settings: versions and machine, by name
 * @param table progress.csv
 * @param steps environment steps taken
 * @param last100 mean over the last 100 training episodes
 * @param best highest point of the learning curve
 * @param bestAt the step at which it stood
 * @param deterministic mean over evaluation episodes that took the most probable actions
 * @param stochastic mean over evaluation episodes that drew actions
 * @param threshold the return that counts as solved, NaN if there is none
 * @param toThreshold environment steps until the learning curve reached it, NaN if it did not
 * @param seconds wall time
 */
record Run(
        Path directory,
        String envId,
        long seed,
        String status,
        String reason,
        Map<String, String> settings,
        Map<String, String> fingerprint,
        CsvTable table,
        long steps,
        double last100,
        double best,
        double bestAt,
        double deterministic,
        double stochastic,
        double threshold,
        double toThreshold,
        double seconds) {

    /** Returns a column of progress.csv over environment steps. */
    Curve curve(String column) {
        return Curve.of(table.numbers(RunReader.STEPS), table.numbers(column));
    }

    double stepsPerSecond() {
        return steps / seconds;
    }
}
