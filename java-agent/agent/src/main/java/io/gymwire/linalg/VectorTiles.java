// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a matrix product C = S + A B; S is {@code start}. A tile has one to eight rows. Each row has one to four
 * vectors of {@link #LANES} adjacent elements. The sums stay in registers. The largest tile runs 12 or 16 independent
 * chains of fused multiply-adds at the same time, because each multiply-add waits several cycles for the preceding
 * multiply-add of its chain.
 *
 * <p>The arguments are arrays with strides and the offsets of the tile's first elements. They are not
 * {@link MatrixView}s, with which an update would take a tenth more time. An update would also take a tenth more time
 * if the loop over the rows were in this class. {@link VectorKernels} contains this loop.
 */
final class VectorTiles {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

    /** The number of elements of a vector. */
    static final int LANES = SPECIES.length();

    /**
     * The number of vectors in each row of {@link #wide}. An AVX2 processor has 16 vector registers of 4 numbers each:
     * 4 rows by 3 vectors, with their operands, fill them. With 4 rows by 4 vectors, the sums would go through memory,
     * and products would take twice as long. AVX-512 and Arm processors have 32 registers.
     */
    private static final int WIDE_VECTORS = LANES == 4 ? 3 : 4;

    /** The number of columns of {@link #wide}. */
    static final int WIDE_COLS = WIDE_VECTORS * LANES;

    /** The number of rows of {@link #wide}. */
    static final int WIDE_ROWS = 4;

    /** The number of columns of {@link #tile1x4}. */
    static final int ROW_COLS = 4 * LANES;

    /** The number of rows of {@link #tile8x1}. */
    static final int COLUMN_ROWS = 8;

    private VectorTiles() {}

    /** Computes the largest tile: {@link #WIDE_ROWS} rows by {@link #WIDE_COLS} columns. */
    static void wide(
            int inner,
            double[] start,
            int s0,
            int startStride,
            double[] a,
            int a0,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0,
            int cStride) {
        if (WIDE_VECTORS == 3) {
            tile4x3(inner, start, s0, startStride, a, a0, aRowStride, aColStride, b, bOffset, bStride, c, c0, cStride);
        } else {
            tile4x4(inner, start, s0, startStride, a, a0, aRowStride, aColStride, b, bOffset, bStride, c, c0, cStride);
        }
    }

    /** Computes a tile of 4 rows by 4 vectors. */
    static void tile4x4(
            int inner,
            double[] start,
            int s0,
            int startStride,
            double[] a,
            int a0,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0,
            int cStride) {
        int s1 = s0 + startStride;
        int s2 = s1 + startStride;
        int s3 = s2 + startStride;
        int a1 = a0 + aRowStride;
        int a2 = a1 + aRowStride;
        int a3 = a2 + aRowStride;
        DoubleVector c00 = load(start, s0);
        DoubleVector c01 = load(start, s0 + LANES);
        DoubleVector c02 = load(start, s0 + 2 * LANES);
        DoubleVector c03 = load(start, s0 + 3 * LANES);
        DoubleVector c10 = load(start, s1);
        DoubleVector c11 = load(start, s1 + LANES);
        DoubleVector c12 = load(start, s1 + 2 * LANES);
        DoubleVector c13 = load(start, s1 + 3 * LANES);
        DoubleVector c20 = load(start, s2);
        DoubleVector c21 = load(start, s2 + LANES);
        DoubleVector c22 = load(start, s2 + 2 * LANES);
        DoubleVector c23 = load(start, s2 + 3 * LANES);
        DoubleVector c30 = load(start, s3);
        DoubleVector c31 = load(start, s3 + LANES);
        DoubleVector c32 = load(start, s3 + 2 * LANES);
        DoubleVector c33 = load(start, s3 + 3 * LANES);
        for (int p = 0; p < inner; p++) {
            int bp = bOffset + p * bStride;
            DoubleVector b0 = load(b, bp);
            DoubleVector b1 = load(b, bp + LANES);
            DoubleVector b2 = load(b, bp + 2 * LANES);
            DoubleVector b3 = load(b, bp + 3 * LANES);
            int ap = p * aColStride;
            DoubleVector factor = broadcast(a[a0 + ap]);
            c00 = factor.fma(b0, c00);
            c01 = factor.fma(b1, c01);
            c02 = factor.fma(b2, c02);
            c03 = factor.fma(b3, c03);
            factor = broadcast(a[a1 + ap]);
            c10 = factor.fma(b0, c10);
            c11 = factor.fma(b1, c11);
            c12 = factor.fma(b2, c12);
            c13 = factor.fma(b3, c13);
            factor = broadcast(a[a2 + ap]);
            c20 = factor.fma(b0, c20);
            c21 = factor.fma(b1, c21);
            c22 = factor.fma(b2, c22);
            c23 = factor.fma(b3, c23);
            factor = broadcast(a[a3 + ap]);
            c30 = factor.fma(b0, c30);
            c31 = factor.fma(b1, c31);
            c32 = factor.fma(b2, c32);
            c33 = factor.fma(b3, c33);
        }
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + LANES);
        c02.intoArray(c, c0 + 2 * LANES);
        c03.intoArray(c, c0 + 3 * LANES);
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + LANES);
        c12.intoArray(c, c1 + 2 * LANES);
        c13.intoArray(c, c1 + 3 * LANES);
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + LANES);
        c22.intoArray(c, c2 + 2 * LANES);
        c23.intoArray(c, c2 + 3 * LANES);
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + LANES);
        c32.intoArray(c, c3 + 2 * LANES);
        c33.intoArray(c, c3 + 3 * LANES);
    }

    /** Computes a tile of 4 rows by 3 vectors. */
    static void tile4x3(
            int inner,
            double[] start,
            int s0,
            int startStride,
            double[] a,
            int a0,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0,
            int cStride) {
        int s1 = s0 + startStride;
        int s2 = s1 + startStride;
        int s3 = s2 + startStride;
        int a1 = a0 + aRowStride;
        int a2 = a1 + aRowStride;
        int a3 = a2 + aRowStride;
        DoubleVector c00 = load(start, s0);
        DoubleVector c01 = load(start, s0 + LANES);
        DoubleVector c02 = load(start, s0 + 2 * LANES);
        DoubleVector c10 = load(start, s1);
        DoubleVector c11 = load(start, s1 + LANES);
        DoubleVector c12 = load(start, s1 + 2 * LANES);
        DoubleVector c20 = load(start, s2);
        DoubleVector c21 = load(start, s2 + LANES);
        DoubleVector c22 = load(start, s2 + 2 * LANES);
        DoubleVector c30 = load(start, s3);
        DoubleVector c31 = load(start, s3 + LANES);
        DoubleVector c32 = load(start, s3 + 2 * LANES);
        for (int p = 0; p < inner; p++) {
            int bp = bOffset + p * bStride;
            DoubleVector b0 = load(b, bp);
            DoubleVector b1 = load(b, bp + LANES);
            DoubleVector b2 = load(b, bp + 2 * LANES);
            int ap = p * aColStride;
            DoubleVector factor = broadcast(a[a0 + ap]);
            c00 = factor.fma(b0, c00);
            c01 = factor.fma(b1, c01);
            c02 = factor.fma(b2, c02);
            factor = broadcast(a[a1 + ap]);
            c10 = factor.fma(b0, c10);
            c11 = factor.fma(b1, c11);
            c12 = factor.fma(b2, c12);
            factor = broadcast(a[a2 + ap]);
            c20 = factor.fma(b0, c20);
            c21 = factor.fma(b1, c21);
            c22 = factor.fma(b2, c22);
            factor = broadcast(a[a3 + ap]);
            c30 = factor.fma(b0, c30);
            c31 = factor.fma(b1, c31);
            c32 = factor.fma(b2, c32);
        }
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        c00.intoArray(c, c0);
        c01.intoArray(c, c0 + LANES);
        c02.intoArray(c, c0 + 2 * LANES);
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + LANES);
        c12.intoArray(c, c1 + 2 * LANES);
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + LANES);
        c22.intoArray(c, c2 + 2 * LANES);
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + LANES);
        c32.intoArray(c, c3 + 2 * LANES);
    }

    /** Computes a tile of 8 rows by one vector. */
    static void tile8x1(
            int inner,
            double[] start,
            int s0,
            int startStride,
            double[] a,
            int a0,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0,
            int cStride) {
        int a1 = a0 + aRowStride;
        int a2 = a1 + aRowStride;
        int a3 = a2 + aRowStride;
        int a4 = a3 + aRowStride;
        int a5 = a4 + aRowStride;
        int a6 = a5 + aRowStride;
        int a7 = a6 + aRowStride;
        DoubleVector row0 = load(start, s0);
        DoubleVector row1 = load(start, s0 + startStride);
        DoubleVector row2 = load(start, s0 + 2 * startStride);
        DoubleVector row3 = load(start, s0 + 3 * startStride);
        DoubleVector row4 = load(start, s0 + 4 * startStride);
        DoubleVector row5 = load(start, s0 + 5 * startStride);
        DoubleVector row6 = load(start, s0 + 6 * startStride);
        DoubleVector row7 = load(start, s0 + 7 * startStride);
        for (int p = 0; p < inner; p++) {
            DoubleVector bp = load(b, bOffset + p * bStride);
            int ap = p * aColStride;
            row0 = broadcast(a[a0 + ap]).fma(bp, row0);
            row1 = broadcast(a[a1 + ap]).fma(bp, row1);
            row2 = broadcast(a[a2 + ap]).fma(bp, row2);
            row3 = broadcast(a[a3 + ap]).fma(bp, row3);
            row4 = broadcast(a[a4 + ap]).fma(bp, row4);
            row5 = broadcast(a[a5 + ap]).fma(bp, row5);
            row6 = broadcast(a[a6 + ap]).fma(bp, row6);
            row7 = broadcast(a[a7 + ap]).fma(bp, row7);
        }
        row0.intoArray(c, c0);
        row1.intoArray(c, c0 + cStride);
        row2.intoArray(c, c0 + 2 * cStride);
        row3.intoArray(c, c0 + 3 * cStride);
        row4.intoArray(c, c0 + 4 * cStride);
        row5.intoArray(c, c0 + 5 * cStride);
        row6.intoArray(c, c0 + 6 * cStride);
        row7.intoArray(c, c0 + 7 * cStride);
    }

    /** Computes a tile of one row by 4 vectors. */
    static void tile1x4(
            int inner,
            double[] start,
            int s0,
            double[] a,
            int a0,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0) {
        DoubleVector col0 = load(start, s0);
        DoubleVector col1 = load(start, s0 + LANES);
        DoubleVector col2 = load(start, s0 + 2 * LANES);
        DoubleVector col3 = load(start, s0 + 3 * LANES);
        for (int p = 0; p < inner; p++) {
            int bp = bOffset + p * bStride;
            DoubleVector factor = broadcast(a[a0 + p * aColStride]);
            col0 = factor.fma(load(b, bp), col0);
            col1 = factor.fma(load(b, bp + LANES), col1);
            col2 = factor.fma(load(b, bp + 2 * LANES), col2);
            col3 = factor.fma(load(b, bp + 3 * LANES), col3);
        }
        col0.intoArray(c, c0);
        col1.intoArray(c, c0 + LANES);
        col2.intoArray(c, c0 + 2 * LANES);
        col3.intoArray(c, c0 + 3 * LANES);
    }

    /** Computes a tile of one row by one vector. */
    static void tile1x1(
            int inner,
            double[] start,
            int s0,
            double[] a,
            int a0,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int c0) {
        DoubleVector sum = load(start, s0);
        for (int p = 0; p < inner; p++) {
            sum = broadcast(a[a0 + p * aColStride]).fma(load(b, bOffset + p * bStride), sum);
        }
        sum.intoArray(c, c0);
    }

    private static DoubleVector load(double[] array, int offset) {
        return DoubleVector.fromArray(SPECIES, array, offset);
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
