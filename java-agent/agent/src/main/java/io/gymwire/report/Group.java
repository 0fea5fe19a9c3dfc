// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Runs of one environment with the same values of the grouping settings, which are the settings that distinguish
 * groups. Usually the runs differ only in their seeds.
 *
 * @param envId the environment
 * @param settings the values of the grouping settings, by name; empty if there are no grouping settings
 * @param runs the runs, at least one, in the order of their seeds
 */
record Group(String envId, Map<String, String> settings, List<Run> runs) {

    /**
     * The group's settings as text, for example {@code delta=0.01, hidden=64,64}; empty if there are no grouping
     * settings.
     */
    String label() {
        return String.join(
                ", ",
                settings.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList());
    }

    /** The scores of the runs [number of finite scores]. Scores that are not finite are left out. */
    double[] scores(ToDoubleFunction<Run> score) {
        return runs.stream().mapToDouble(score).filter(Double::isFinite).toArray();
    }

    /** The seeds of the runs, for example {@code 1, 2, 3}. */
    String seeds() {
        return String.join(
                ", ",
                runs.stream().map(run -> Long.toString(run.identity().seed())).toList());
    }
}
