// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of some rows by some columns, whose sums stay in registers. The largest tile, 4 rows by 4 vectors, keeps
 * sixteen independent chains of fused multiply-adds in flight.
 *
 * <p>Each method computes a part of C = S + A B, of the shapes that {@link Kernels#product} takes, tile by tile from
 * the first row to the last. It reads the fields of the views once for all its tiles: where the sums have few terms,
 * reading them for each tile took a tenth of the time.
 */
final class VectorTiles {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

    /** The number of elements of a vector. */
    static final int LANES = SPECIES.length();

    /** The number of columns of {@link #tiles4x4} and {@link #tiles1x4}. */
    static final int WIDE_COLS = 4 * LANES;

    /** The number of rows of {@link #tiles4x4}. */
    static final int WIDE_ROWS = 4;

    /** The number of rows of {@link #tiles8x1}. */
    static final int COLUMN_ROWS = 8;

    private VectorTiles() {}

    /** Computes the columns from j to j + WIDE_COLS - 1 in as many tiles of WIDE_ROWS rows as fit into C. */
    static void tiles4x4(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int j) {
        int rows = c.rows;
        int inner = b.rows;
        double[] sData = start.data;
        double[] aData = a.data;
        double[] bData = b.data;
        double[] cData = c.data;
        int sStride = start.rowStride;
        int aRowStride = a.rowStride;
        int aStride = a.colStride;
        int bStride = b.rowStride;
        int cStride = c.rowStride;
        int s0 = start.index(0, j);
        int a0 = a.index(0, 0);
        int b0 = b.index(0, j);
        int c0 = c.index(0, j);
        for (int i = 0; i + WIDE_ROWS <= rows; i += WIDE_ROWS) {
            int s1 = s0 + sStride;
            int s2 = s1 + sStride;
            int s3 = s2 + sStride;
            int a1 = a0 + aRowStride;
            int a2 = a1 + aRowStride;
            int a3 = a2 + aRowStride;
            DoubleVector c00 = load(sData, s0);
            DoubleVector c01 = load(sData, s0 + LANES);
            DoubleVector c02 = load(sData, s0 + 2 * LANES);
            DoubleVector c03 = load(sData, s0 + 3 * LANES);
            DoubleVector c10 = load(sData, s1);
            DoubleVector c11 = load(sData, s1 + LANES);
            DoubleVector c12 = load(sData, s1 + 2 * LANES);
            DoubleVector c13 = load(sData, s1 + 3 * LANES);
            DoubleVector c20 = load(sData, s2);
            DoubleVector c21 = load(sData, s2 + LANES);
            DoubleVector c22 = load(sData, s2 + 2 * LANES);
            DoubleVector c23 = load(sData, s2 + 3 * LANES);
            DoubleVector c30 = load(sData, s3);
            DoubleVector c31 = load(sData, s3 + LANES);
            DoubleVector c32 = load(sData, s3 + 2 * LANES);
            DoubleVector c33 = load(sData, s3 + 3 * LANES);
            for (int p = 0; p < inner; p++) {
                int bp = b0 + p * bStride;
                DoubleVector bp0 = load(bData, bp);
                DoubleVector bp1 = load(bData, bp + LANES);
                DoubleVector bp2 = load(bData, bp + 2 * LANES);
                DoubleVector bp3 = load(bData, bp + 3 * LANES);
                int ap = p * aStride;
                DoubleVector factor = broadcast(aData[a0 + ap]);
                c00 = factor.fma(bp0, c00);
                c01 = factor.fma(bp1, c01);
                c02 = factor.fma(bp2, c02);
                c03 = factor.fma(bp3, c03);
                factor = broadcast(aData[a1 + ap]);
                c10 = factor.fma(bp0, c10);
                c11 = factor.fma(bp1, c11);
                c12 = factor.fma(bp2, c12);
                c13 = factor.fma(bp3, c13);
                factor = broadcast(aData[a2 + ap]);
                c20 = factor.fma(bp0, c20);
                c21 = factor.fma(bp1, c21);
                c22 = factor.fma(bp2, c22);
                c23 = factor.fma(bp3, c23);
                factor = broadcast(aData[a3 + ap]);
                c30 = factor.fma(bp0, c30);
                c31 = factor.fma(bp1, c31);
                c32 = factor.fma(bp2, c32);
                c33 = factor.fma(bp3, c33);
            }
            int c1 = c0 + cStride;
            int c2 = c1 + cStride;
            int c3 = c2 + cStride;
            c00.intoArray(cData, c0);
            c01.intoArray(cData, c0 + LANES);
            c02.intoArray(cData, c0 + 2 * LANES);
            c03.intoArray(cData, c0 + 3 * LANES);
            c10.intoArray(cData, c1);
            c11.intoArray(cData, c1 + LANES);
            c12.intoArray(cData, c1 + 2 * LANES);
            c13.intoArray(cData, c1 + 3 * LANES);
            c20.intoArray(cData, c2);
            c21.intoArray(cData, c2 + LANES);
            c22.intoArray(cData, c2 + 2 * LANES);
            c23.intoArray(cData, c2 + 3 * LANES);
            c30.intoArray(cData, c3);
            c31.intoArray(cData, c3 + LANES);
            c32.intoArray(cData, c3 + 2 * LANES);
            c33.intoArray(cData, c3 + 3 * LANES);
            s0 += WIDE_ROWS * sStride;
            a0 += WIDE_ROWS * aRowStride;
            c0 += WIDE_ROWS * cStride;
        }
    }

    /** Computes the columns from j to j + WIDE_COLS - 1 of the rows from i on, row by row. */
    static void tiles1x4(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int i, int j) {
        int rows = c.rows;
        int inner = b.rows;
        double[] sData = start.data;
        double[] aData = a.data;
        double[] bData = b.data;
        double[] cData = c.data;
        int sStride = start.rowStride;
        int aRowStride = a.rowStride;
        int aStride = a.colStride;
        int bStride = b.rowStride;
        int cStride = c.rowStride;
        int s0 = start.index(i, j);
        int a0 = a.index(i, 0);
        int b0 = b.index(0, j);
        int c0 = c.index(i, j);
        for (int row = i; row < rows; row++) {
            DoubleVector col0 = load(sData, s0);
            DoubleVector col1 = load(sData, s0 + LANES);
            DoubleVector col2 = load(sData, s0 + 2 * LANES);
            DoubleVector col3 = load(sData, s0 + 3 * LANES);
            for (int p = 0; p < inner; p++) {
                int bp = b0 + p * bStride;
                DoubleVector factor = broadcast(aData[a0 + p * aStride]);
                col0 = factor.fma(load(bData, bp), col0);
                col1 = factor.fma(load(bData, bp + LANES), col1);
                col2 = factor.fma(load(bData, bp + 2 * LANES), col2);
                col3 = factor.fma(load(bData, bp + 3 * LANES), col3);
            }
            col0.intoArray(cData, c0);
            col1.intoArray(cData, c0 + LANES);
            col2.intoArray(cData, c0 + 2 * LANES);
            col3.intoArray(cData, c0 + 3 * LANES);
            s0 += sStride;
            a0 += aRowStride;
            c0 += cStride;
        }
    }

    /** Computes the columns from j to j + LANES - 1 in as many tiles of COLUMN_ROWS rows as fit into C. */
    static void tiles8x1(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int j) {
        int rows = c.rows;
        int inner = b.rows;
        double[] sData = start.data;
        double[] aData = a.data;
        double[] bData = b.data;
        double[] cData = c.data;
        int sStride = start.rowStride;
        int aRowStride = a.rowStride;
        int aStride = a.colStride;
        int bStride = b.rowStride;
        int cStride = c.rowStride;
        int s0 = start.index(0, j);
        int a0 = a.index(0, 0);
        int b0 = b.index(0, j);
        int c0 = c.index(0, j);
        for (int i = 0; i + COLUMN_ROWS <= rows; i += COLUMN_ROWS) {
            int a1 = a0 + aRowStride;
            int a2 = a1 + aRowStride;
            int a3 = a2 + aRowStride;
            int a4 = a3 + aRowStride;
            int a5 = a4 + aRowStride;
            int a6 = a5 + aRowStride;
            int a7 = a6 + aRowStride;
            DoubleVector row0 = load(sData, s0);
            DoubleVector row1 = load(sData, s0 + sStride);
            DoubleVector row2 = load(sData, s0 + 2 * sStride);
            DoubleVector row3 = load(sData, s0 + 3 * sStride);
            DoubleVector row4 = load(sData, s0 + 4 * sStride);
            DoubleVector row5 = load(sData, s0 + 5 * sStride);
            DoubleVector row6 = load(sData, s0 + 6 * sStride);
            DoubleVector row7 = load(sData, s0 + 7 * sStride);
            for (int p = 0; p < inner; p++) {
                DoubleVector bp = load(bData, b0 + p * bStride);
                int ap = p * aStride;
                row0 = broadcast(aData[a0 + ap]).fma(bp, row0);
                row1 = broadcast(aData[a1 + ap]).fma(bp, row1);
                row2 = broadcast(aData[a2 + ap]).fma(bp, row2);
                row3 = broadcast(aData[a3 + ap]).fma(bp, row3);
                row4 = broadcast(aData[a4 + ap]).fma(bp, row4);
                row5 = broadcast(aData[a5 + ap]).fma(bp, row5);
                row6 = broadcast(aData[a6 + ap]).fma(bp, row6);
                row7 = broadcast(aData[a7 + ap]).fma(bp, row7);
            }
            row0.intoArray(cData, c0);
            row1.intoArray(cData, c0 + cStride);
            row2.intoArray(cData, c0 + 2 * cStride);
            row3.intoArray(cData, c0 + 3 * cStride);
            row4.intoArray(cData, c0 + 4 * cStride);
            row5.intoArray(cData, c0 + 5 * cStride);
            row6.intoArray(cData, c0 + 6 * cStride);
            row7.intoArray(cData, c0 + 7 * cStride);
            s0 += COLUMN_ROWS * sStride;
            a0 += COLUMN_ROWS * aRowStride;
            c0 += COLUMN_ROWS * cStride;
        }
    }

    /** Computes the columns from j to j + LANES - 1 of the rows from i on, row by row. */
    static void tiles1x1(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int i, int j) {
        int rows = c.rows;
        int inner = b.rows;
        double[] sData = start.data;
        double[] aData = a.data;
        double[] bData = b.data;
        double[] cData = c.data;
        int sStride = start.rowStride;
        int aRowStride = a.rowStride;
        int aStride = a.colStride;
        int bStride = b.rowStride;
        int cStride = c.rowStride;
        int s0 = start.index(i, j);
        int a0 = a.index(i, 0);
        int b0 = b.index(0, j);
        int c0 = c.index(i, j);
        for (int row = i; row < rows; row++) {
            DoubleVector sum = load(sData, s0);
            for (int p = 0; p < inner; p++) {
                sum = broadcast(aData[a0 + p * aStride]).fma(load(bData, b0 + p * bStride), sum);
            }
            sum.intoArray(cData, c0);
            s0 += sStride;
            a0 += aRowStride;
            c0 += cStride;
        }
    }

    private static DoubleVector load(double[] array, int offset) {
        return DoubleVector.fromArray(SPECIES, array, offset);
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
