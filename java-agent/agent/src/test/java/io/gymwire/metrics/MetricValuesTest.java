// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MetricValuesTest {

    private static final MetricGroup FIRST = new MetricGroup();
    private static final Metric STEPS = FIRST.metric("time/steps").text("steps");
    private static final Metric SECONDS = FIRST.metric("time/seconds").timing().text("seconds");
    private static final MetricGroup SECOND = new MetricGroup();
    private static final Metric LOSS = SECOND.metric("train/loss").text("a loss");

    @Test
    void metricsAreInTheOrderOfTheirGroupsAndHaveNoValuesAtFirst() {
        MetricValues values = new MetricValues(List.of(FIRST, SECOND));
        assertEquals(
                List.of("time/steps", "time/seconds", "train/loss"),
                List.copyOf(values.byName().keySet()));
        assertTrue(Double.isNaN(values.get(LOSS)));
        values.put(LOSS, 0.5);
        values.put(STEPS, 12L);
        assertEquals(0.5, values.get(LOSS));
        assertEquals(12L, values.byName().get("time/steps"), "whole numbers stay whole");
    }

    @Test
    void aMetricOfAnotherGroupIsRefused() {
        MetricValues values = new MetricValues(List.of(FIRST));
        assertThrows(IllegalArgumentException.class, () -> values.put(LOSS, 1));
    }

    @Test
    void aTimingIsMarked() {
        assertTrue(SECONDS.isTiming() && !STEPS.isTiming());
    }
}
