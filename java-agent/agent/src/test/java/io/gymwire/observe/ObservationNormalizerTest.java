// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObservationNormalizerTest {

    @Test
    void beforeTheFirstUpdateTheNormalizerOnlyClips() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true, true, true);
        assertArrayEquals(new double[] {0.25, -10, 10}, normalized(normalizer, 0.25, -11, 1e6));
    }

    @Test
    void theNormalisedBatchHasMeanZeroAndVarianceOne() {
        Random random = new Random(11);
        DMatrixRMaj batch = new DMatrixRMaj(500, 2);
        for (int row = 0; row < 500; row++) {
            batch.set(row, 0, 1000 + random.nextDouble());
            batch.set(row, 1, -3 + 50 * random.nextDouble());
        }
        ObservationNormalizer normalizer = new ObservationNormalizer(true, true);
        normalizer.update(batch);
        DMatrixRMaj out = new DMatrixRMaj(500, 2);
        normalizer.normalize(batch, out, 0, 500);
        for (int j = 0; j < 2; j++) {
            double mean = 0;
            double square = 0;
            for (int row = 0; row < 500; row++) {
                mean += out.get(row, j) / 500;
                square += out.get(row, j) * out.get(row, j) / 500;
            }
            assertEquals(0, mean, 1e-9);
            assertEquals(1, square, 1e-6);
        }
    }

    @Test
    void clipsAtTenStandardDeviations() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true);
        normalizer.update(new DMatrixRMaj(2, 1, true, 4, 6));
        assertEquals(9, normalized(normalizer, 14)[0], 1e-6);
        assertEquals(10, normalized(normalizer, 16)[0]);
        assertEquals(-10, normalized(normalizer, -1e300)[0]);
    }

    @ParameterizedTest
    @ValueSource(doubles = {7, 0.1, -1e9 / 3, 1e-300})
    void elementsThatNeverChangeBecomeZero(double value) {
        ObservationNormalizer normalizer = new ObservationNormalizer(true);
        for (int rows : new int[] {3, 1000, 7}) {
            DMatrixRMaj batch = new DMatrixRMaj(rows, 1);
            batch.fill(value);
            assertEquals(1, normalizer.update(batch).scale()[0]);
            assertEquals(0, normalized(normalizer, value)[0]);
            assertEquals(0, normalized(normalizer, value + 1)[0], "a new value, but the variance is still 0");
        }
    }

    @Test
    void theReportedChangeOfTheStatisticsTurnsNewNormalisedValuesIntoOldOnes() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true, true);
        normalizer.update(new DMatrixRMaj(3, 2, true, 4, 1, 6, 1, 8, 1));
        double[] before = normalized(normalizer, 5, 1);
        ObservationNormalizer.Change change = normalizer.update(new DMatrixRMaj(2, 2, true, 0, 3, -20, 5));
        double[] now = normalized(normalizer, 5, 1);
        for (int j = 0; j < 2; j++) {
            assertEquals(before[j], change.scale()[j] * now[j] + change.offset()[j], 1e-14);
        }
        assertEquals(0, change.scale()[1], "the element had never changed");
        assertTrue(change.scale()[0] > 1, "the variance of the observations has grown");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e22, -Float.MAX_VALUE, 1e100})
    void afterAHugeValueTheChangeOfItsElementHasScaleOneAndOffsetZero(double huge) {
        ObservationNormalizer normalizer = new ObservationNormalizer(true, true);
        normalizer.update(new DMatrixRMaj(3, 2, true, 4, 1, 6, 2, 8, 3));
        double[] before = normalized(normalizer, 5, 2.5);
        ObservationNormalizer.Change change = normalizer.update(new DMatrixRMaj(3, 2, true, 4, 4, huge, 5, 8, 6));
        double[] now = normalized(normalizer, 5, 2.5);
        assertEquals(1, change.scale()[0]);
        assertEquals(0, change.offset()[0]);
        assertEquals(before[1], change.scale()[1] * now[1] + change.offset()[1], 1e-14);
    }

    @Test
    void anInfiniteVarianceDoesNotCountAsAVarianceOfZero() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true);
        normalizer.update(new DMatrixRMaj(2, 1, true, 4, 6));
        ObservationNormalizer.Change change = normalizer.update(new DMatrixRMaj(2, 1, true, 1e200, -1e200));
        assertEquals(1, change.scale()[0]);
        assertEquals(0, change.offset()[0]);
    }

    @Test
    void rowsAreOnlyZerosUntilANormalisedElementVariesOrAnotherElementIsNotZero() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true, false);
        assertTrue(normalizer.hasOnlyZeros());
        normalizer.update(new DMatrixRMaj(2, 2, true, 0.1, 0, 0.1, 0));
        assertTrue(normalizer.hasOnlyZeros());
        ObservationNormalizer copy = new ObservationNormalizer(true, false);
        copy.copy(normalizer);
        normalizer.update(new DMatrixRMaj(1, 2, true, 0.2, 0));
        assertFalse(normalizer.hasOnlyZeros());
        copy.update(new DMatrixRMaj(1, 2, true, 0.1, 1));
        assertFalse(copy.hasOnlyZeros());
    }

    @Test
    void changesOnlyTheGivenRows() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true);
        DMatrixRMaj out = new DMatrixRMaj(3, 1, true, 9, 9, 9);
        normalizer.normalize(new DMatrixRMaj(3, 1, true, 1, 2, 3), out, 1, 2);
        assertArrayEquals(new double[] {9, 2, 9}, out.data);
    }

    @Test
    void changesNothingWhenDisabled() {
        ObservationNormalizer normalizer = new ObservationNormalizer(false);
        normalizer.update(new DMatrixRMaj(2, 1, true, 4, 6));
        assertEquals(1e6, normalized(normalizer, 1e6)[0]);
        assertEquals(0, normalizer.moments().count());
    }

    @Test
    void oneHotElementsAreNotShiftedOrScaled() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true, false);
        ObservationNormalizer.Change change = normalizer.update(new DMatrixRMaj(2, 2, true, 4, 1, 6, 0));
        assertArrayEquals(new double[] {1, 1}, normalized(normalizer, 6, 1), 1e-7);
        assertEquals(0, normalized(normalizer, 6, 0)[1]);
        assertEquals(1, change.scale()[1]);
        assertEquals(0, change.offset()[1]);
    }

    @Test
    void restoredStatisticsNormaliseInTheSameWay() {
        ObservationNormalizer normalizer = new ObservationNormalizer(true);
        normalizer.update(new DMatrixRMaj(3, 1, true, 4, 6, 11));
        ObservationNormalizer restored = new ObservationNormalizer(true);
        restored.moments()
                .set(3, normalizer.moments().mean(), normalizer.moments().squares());
        restored.refresh();
        assertArrayEquals(normalized(normalizer, 5.5), normalized(restored, 5.5));
    }

    private static double[] normalized(ObservationNormalizer normalizer, double... row) {
        DMatrixRMaj out = new DMatrixRMaj(1, row.length);
        normalizer.normalize(new DMatrixRMaj(1, row.length, true, row), out, 0, 1);
        return out.data;
    }
}
