// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class RowChunksTest {

    @Test
    void everyRowIsVisitedOnceInConsecutiveBlocks() {
        for (int rows : new int[] {1, 2, 63, 64, 127, 128, 129, 1000, 2049}) {
            AtomicIntegerArray visits = new AtomicIntegerArray(rows);
            AtomicIntegerArray ends = new AtomicIntegerArray(RowChunks.MAX_COUNT);
            RowChunks.forEach(rows, (chunk, from, to) -> {
                assertTrue(from < to && to - from <= RowChunks.BLOCK_ROWS);
                int end = ends.getAndSet(chunk, to);
                assertTrue(end == 0 || end == from, "chunk " + chunk + ": row " + from + " instead of row " + end);
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
    void sumsHaveTheSameBitsWithAnyNumberOfThreads() throws Exception {
        double[] alone = sumIn(1);
        assertArrayEquals(alone, sumIn(2));
        assertArrayEquals(alone, sumIn(7));
        assertArrayEquals(alone, sumIn(64));
    }

    @Test
    void addingUpClearsTheVectorsForTheNextUse() {
        ChunkSums sums = new ChunkSums(2);
        sums.reserve(2 * RowChunks.BLOCK_ROWS);
        for (int round = 0; round < 2; round++) {
            for (int chunk = 0; chunk < 2; chunk++) {
                sums.of(chunk)[0] += 1 + chunk;
                sums.of(chunk)[1] += 3 + chunk;
            }
            double[] sum = {10, 20};
            sums.addUp(2 * RowChunks.BLOCK_ROWS, sum);
            assertArrayEquals(new double[] {3, 7}, sum);
        }
    }

    @Test
    void fewRowsMakeOneChunkAndManyRowsMakeTheMaximumNumberOfChunks() {
        assertEquals(1, RowChunks.count(1));
        assertEquals(1, RowChunks.count(RowChunks.BLOCK_ROWS));
        assertEquals(2, RowChunks.count(2 * RowChunks.BLOCK_ROWS));
        assertEquals(RowChunks.MAX_COUNT, RowChunks.count(1_000_000));
    }

    private static double[] sumIn(int threads) throws Exception {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(() -> {
                        int rows = 10_000;
                        int length = 5000;
                        ChunkSums sums = new ChunkSums(length);
                        sums.reserve(rows);
                        RowChunks.forEach(rows, (chunk, from, to) -> {
                            for (int row = from; row < to; row++) {
                                for (int j = row % 100; j < length; j += 100) {
                                    sums.of(chunk)[j] += 1.0 / (row + j + 1);
                                }
                            }
                        });
                        double[] sum = new double[length];
                        sums.addUp(rows, sum);
                        return sum;
                    })
                    .get();
        } finally {
            pool.shutdown();
        }
    }
}
