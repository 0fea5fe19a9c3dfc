// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrpoConfigTest {

    @ParameterizedTest
    @CsvSource({
        "delta, 0",
        "delta, -1",
        "delta, NaN",
        "delta, Infinity",
        "cg-iterations, 0",
        "tolerance, -0.1",
        "tolerance, 1",
        "tolerance, NaN",
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
    void refusesValuesOutOfRangeAndNamesSettingAndValue(String setting, double value) {
        String message = assertThrows(IllegalArgumentException.class, () -> with(setting, value))
                .getMessage();
        assertTrue(message.contains(setting), message);
        boolean whole =
                List.of("cg-iterations", "line-search-steps", "fim-subsample").contains(setting);
        String shown = whole ? String.valueOf((int) value) : String.valueOf(value);
        assertTrue(message.endsWith("got " + shown), message);
    }

    @ParameterizedTest
    @CsvSource({
        "delta, 1e-9",
        "cg-iterations, 1",
        "tolerance, 0",
        "cg-damping, 0",
        "line-search-steps, 1",
        "accept-ratio, 0",
        "fim-subsample, 1",
        "entropy, 0"
    })
    void acceptsTheEndsOfItsRanges(String setting, double value) {
        with(setting, value);
    }

    @Test
    void aBatchRefusesColumnsOfOtherLengths() {
        double[] three = new double[3];
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Batch(
                                new DMatrixRMaj(3, 2),
                                new DMatrixRMaj(3, 1),
                                three,
                                new double[2],
                                new double[4],
                                three))
                .getMessage();
        assertEquals(
                "a batch of 3 observations has 3 actions, 3 advantages, 2 weights, 4 values and 3 returns", message);
        assertThrows(
                IllegalArgumentException.class,
                () -> Batch.onPolicy(
                        new DMatrixRMaj(0, 2), new DMatrixRMaj(0, 1), new double[0], new double[0], new double[0]));
    }

    private static TrpoConfig with(String setting, double value) {
        double[] values = {0.01, 10, 1e-10, 0.1, 10, 0.8, 0.1, 1, 0};
        String[] settings = {
            "delta",
            "cg-iterations",
            "tolerance",
            "cg-damping",
            "line-search-steps",
            "line-search-shrink",
            "accept-ratio",
            "fim-subsample",
            "entropy"
        };
        values[List.of(settings).indexOf(setting)] = value;
        return new TrpoConfig(
                values[0],
                (int) values[1],
                values[2],
                values[3],
                (int) values[4],
                values[5],
                values[6],
                (int) values[7],
                values[8]);
    }
}
