// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.rollout.Batch;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.update.UpdateSettings;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrustRegionSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "delta, 0",
        "delta, -1",
        "delta, NaN",
        "delta, Infinity",
        "cg-iterations, 0",
        "cg-tolerance, -0.1",
        "cg-tolerance, 1",
        "cg-tolerance, NaN",
        "cg-damping, -0.1",
        "cg-damping, Infinity",
        "line-search-steps, 0",
        "line-search-shrink, 0",
        "line-search-shrink, 1",
        "line-search-shrink, NaN",
        "accept-ratio, -0.1",
        "accept-ratio, 1",
        "fim-subsample, 0",
        "entropy, -1",
        "entropy, NaN"
    })
    void refusesValuesOutOfRangeWithAMessageThatNamesTheSettingAndTheValue(String setting, String value) {
        String message = assertThrows(IllegalArgumentException.class, () -> with(setting, value))
                .getMessage();
        assertTrue(message.contains(setting), message);
        assertTrue(message.contains("; got " + value), message);
    }

    @ParameterizedTest
    @CsvSource({
        "delta, 1e-9",
        "cg-iterations, 1",
        "cg-tolerance, 0",
        "cg-damping, 0",
        "line-search-steps, 1",
        "accept-ratio, 0",
        "fim-subsample, 1",
        "entropy, 0"
    })
    void acceptsValuesAtOrNearTheLowerEndsOfTheRanges(String setting, String value) {
        with(setting, value);
    }

    @Test
    void anEmptyBatchAndABatchWithArraysOfDifferentLengthsAreRefused() {
        double[] three = new double[3];
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Batch(new DMatrixRMaj(3, 2), new DMatrixRMaj(3, 1), three, new double[2]))
                .getMessage();
        assertEquals("a batch of 3 observations has 3 actions, 3 advantages and 2 weights", message);
        assertThrows(
                IllegalArgumentException.class,
                () -> Batch.onPolicy(new DMatrixRMaj(0, 2), new DMatrixRMaj(0, 1), new double[0]));
    }

    private static Settings with(String name, String value) {
        Setting<?> setting = Stream.of(TrustRegionSettings.GROUP, TrustRegionSettings.LINE_SEARCH, UpdateSettings.GROUP)
                .flatMap(group -> group.settings().stream())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Settings.DEFAULTS.withText(setting, value);
    }
}
