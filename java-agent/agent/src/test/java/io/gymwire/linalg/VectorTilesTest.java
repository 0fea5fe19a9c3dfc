// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Tests the tiles of 4 rows by 4 vectors and of 4 rows by 3 vectors. A machine uses at most one of the two, as its
 * largest tile. Here both are tested on every machine.
 */
final class VectorTilesTest {

    private static final int ROWS = 4;
    private static final int INNER = 5;
    private static final int A_STRIDE = 7;
    private static final int STRIDE = 4 * VectorTiles.LANES + 3;

    private final Random random = new Random(1);
    private final double[] start = random.doubles(ROWS * STRIDE).toArray();
    private final double[] a = random.doubles(ROWS * A_STRIDE).toArray();
    private final double[] b = random.doubles(INNER * STRIDE).toArray();
    private final double[] c = new double[ROWS * STRIDE];

    @Test
    void theTileOfFourRowsByFourVectorsHasTheBitsOfScalarOperations() {
        VectorTiles.tile4x4(INNER, start, 1, STRIDE, a, 2, A_STRIDE, 1, b, 3, STRIDE, c, 2, STRIDE);
        assertArrayEquals(expected(4), c);
    }

    @Test
    void theTileOfFourRowsByThreeVectorsHasTheBitsOfScalarOperations() {
        VectorTiles.tile4x3(INNER, start, 1, STRIDE, a, 2, A_STRIDE, 1, b, 3, STRIDE, c, 2, STRIDE);
        assertArrayEquals(expected(3), c);
    }

    private double[] expected(int vectors) {
        double[] expected = new double[c.length];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < vectors * VectorTiles.LANES; j++) {
                double sum = start[1 + i * STRIDE + j];
                for (int p = 0; p < INNER; p++) {
                    sum = Math.fma(a[2 + i * A_STRIDE + p], b[3 + p * STRIDE + j], sum);
                }
                expected[2 + i * STRIDE + j] = sum;
            }
        }
        return expected;
    }
}
