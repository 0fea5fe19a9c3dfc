// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class RowGroupsTest {

    @Test
    void everyRowIsVisitedOnceInBlocksThatFollowOneAnother() {
        for (int rows : new int[] {1, 2, 63, 64, 127, 128, 129, 1000, 2049}) {
            AtomicIntegerArray visits = new AtomicIntegerArray(rows);
            AtomicIntegerArray ends = new AtomicIntegerArray(RowGroups.MAX_COUNT);
            RowGroups.forEach(rows, (group, from, to) -> {
                assertTrue(from < to && to - from <= RowGroups.BLOCK_ROWS);
                int end = ends.getAndSet(group, to);
                assertTrue(end == 0 || end == from, "group " + group + " goes from " + end + " to " + from);
                for (int row = from; row < to; row++) {
                    visits.incrementAndGet(row);
                }
            });
            for (int row = 0; row < rows; row++) {
                assertEquals(1, visits.get(row), "row " + row + " of " + rows);
            }
        }
    }

    @Test
    void sumsHaveTheSameBitsWhateverTheNumberOfThreads() throws Exception {
        double[] alone = sumIn(1);
        assertArrayEquals(alone, sumIn(2));
        assertArrayEquals(alone, sumIn(7));
    }

    @Test
    void addingClearsTheGroupsForTheNextUse() {
        double[][] groups = {{1, 2}, {3, 4}};
        double[] sum = {10, 20};
        RowGroups.addAndClear(groups, 128, sum);
        assertArrayEquals(new double[] {14, 26}, sum);
        assertArrayEquals(new double[2], groups[0]);
        assertArrayEquals(new double[2], groups[1]);
    }

    @Test
    void fewRowsAreOneGroup() {
        double[][] groups = {{1}, {2}};
        double[] sum = {0};
        RowGroups.addAndClear(groups, 127, sum);
        assertArrayEquals(new double[] {1}, sum);
    }

    private static double[] sumIn(int threads) throws Exception {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(() -> {
                        double[][] groups = new double[RowGroups.MAX_COUNT][3];
                        RowGroups.forEach(1000, (group, from, to) -> {
                            for (int row = from; row < to; row++) {
                                for (int j = 0; j < 3; j++) {
                                    groups[group][j] += StrictMath.sin(row + j);
                                }
                            }
                        });
                        double[] sum = new double[3];
                        RowGroups.addAndClear(groups, 1000, sum);
                        return sum;
                    })
                    .get();
        } finally {
            pool.shutdown();
        }
    }
}
