// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.linalg.Vectors;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class RunningMomentsTest {
    private static final int[] BATCHES = {1, 7, 0, 100, 2, 1000};

    private final Random random = new Random(9);

    @Test
    void mergedBatchesHaveTheMomentsOfAllTheirRows() {
        assertMomentsOfAllRows(0, 1e-12);
    }

    @Test
    void theVarianceIsAccurateIfTheMeanIsFarFromZero() {
        assertMomentsOfAllRows(1e9, 1e-6);
    }

    @Test
    void hasUnitVarianceBeforeTheFirstRow() {
        RunningMoments moments = new RunningMoments(2);
        moments.add(new DMatrixRMaj(0, 2));
        assertEquals(0, moments.count());
        assertEquals(0, moments.mean()[1]);
        assertEquals(1, moments.variance(1));
    }

    @Test
    void theVarianceOfOneRowIsZero() {
        RunningMoments moments = new RunningMoments(1);
        moments.add(new DMatrixRMaj(1, 1, true, 1e100));
        assertEquals(1e100, moments.mean()[0]);
        assertEquals(0, moments.variance(0));
    }

    @Test
    void copiesAreIndependent() {
        RunningMoments moments = new RunningMoments(1);
        moments.add(new DMatrixRMaj(2, 1, true, 1, 3));
        RunningMoments copy = moments.copy();
        moments.add(new DMatrixRMaj(1, 1, true, 100));
        assertEquals(2, copy.count());
        assertEquals(2, copy.mean()[0]);
        assertEquals(1, copy.variance(0));
    }

    private void assertMomentsOfAllRows(double offset, double tolerance) {
        RunningMoments moments = new RunningMoments(2);
        int total = 0;
        double[][] columns = new double[2][1110];
        for (int rows : BATCHES) {
            DMatrixRMaj batch = new DMatrixRMaj(rows, 2);
            for (int row = 0; row < rows; row++) {
                batch.set(row, 0, offset + random.nextGaussian());
                batch.set(row, 1, -offset + 3 * random.nextDouble());
                columns[0][total] = batch.get(row, 0);
                columns[1][total++] = batch.get(row, 1);
            }
            moments.add(batch);
        }
        assertEquals(1110, total);
        assertEquals(total, moments.count());
        for (int j = 0; j < 2; j++) {
            assertEquals(Vectors.mean(columns[j]), moments.mean()[j], 1e-15 * Math.max(1, Math.abs(offset)) * 10);
            assertEquals(Vectors.variance(columns[j]), moments.variance(j), tolerance * moments.variance(j));
        }
    }
}
