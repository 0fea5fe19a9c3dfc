// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch of another size does not change the results of later batches. */
final class BatchSizesTest {

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_17_64_64_6"})
    void aSurrogateThatWasUsedForOtherSizesGivesTheResultsOfANewOne(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        int all = golden.samples();
        Surrogate used = new Surrogate(golden.policy(), 0.1);
        for (int rows : new int[] {all / 2, all, all / 2, 3, all}) {
            Surrogate fresh = prepare(new Surrogate(golden.policy(), 0.1), golden, rows);
            prepare(used, golden, rows);
            assertEquals(fresh.atOldTheta(), used.atOldTheta(), rows + " rows");
            double[] theta = golden.input("theta_new");
            assertEquals(fresh.at(theta), used.at(theta), rows + " rows");
            assertArrayEquals(Updates.gradient(fresh, theta.length), Updates.gradient(used, theta.length));
        }
    }

    private static Surrogate prepare(Surrogate surrogate, GoldenUpdate golden, int rows) {
        return surrogate.prepare(
                golden.input("theta"),
                first(rows, golden.observations()),
                first(rows, golden.actions()),
                Arrays.copyOf(golden.input("advantages"), rows));
    }

    private static DMatrixRMaj first(int rows, DMatrixRMaj matrix) {
        return new DMatrixRMaj(rows, matrix.numCols, true, Arrays.copyOf(matrix.data, rows * matrix.numCols));
    }
}
