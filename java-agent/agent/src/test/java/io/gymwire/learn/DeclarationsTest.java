// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.metrics.Metric;
import io.gymwire.settings.Setting;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checks all settings and metrics of the program together. */
final class DeclarationsTest {

    @Test
    void noTwoSettingsHaveTheSameName() {
        List<Setting<?>> all = RunConfig.all();
        Set<String> names = new HashSet<>();
        all.forEach(setting -> assertTrue(names.add(setting.name()), setting + " is declared twice"));
        assertTrue(names.size() > 25, names.toString());
    }

    @Test
    void noTwoMetricsHaveTheSameName() {
        Set<String> names = new HashSet<>();
        RunMetrics.all().forEach(metric -> assertTrue(names.add(metric.name()), metric + " is declared twice"));
        assertTrue(names.containsAll(List.of("train/delta", "train/step_scale", "train/lagrange_multiplier")));
    }

    /**
     * A run can be resumed only if its progress.csv has the columns that the program writes now. So the names of the
     * columns must not change. Their order is the order in a new progress.csv.
     */
    @Test
    void theColumnsOfTrpoHaveNotChanged() {
        assertEquals(
                List.of(
                        "train/policy_objective",
                        "train/expected_improvement",
                        "train/actual_improvement",
                        "train/delta",
                        "train/kl_divergence_loss",
                        "train/is_line_search_success",
                        "train/line_search_steps",
                        "train/step_scale",
                        "train/lagrange_multiplier",
                        "train/cg_iterations",
                        "train/cg_residual",
                        "train/grad_norm",
                        "train/step_norm",
                        "train/entropy"),
                Algorithm.TRPO.metrics().metrics().stream().map(Metric::name).toList());
    }

    @Test
    void theNameOfEveryTimingBeginsWithTime() {
        List<String> timings = RunMetrics.all().stream()
                .filter(Metric::isTiming)
                .map(Metric::name)
                .toList();
        assertTrue(timings.stream().allMatch(name -> name.startsWith("time/")), timings.toString());
        assertEquals(6, timings.size(), timings.toString());
    }
}
