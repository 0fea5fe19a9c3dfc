// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API: register tiles of 4 rows by 4 vectors, which keep sixteen independent chains of fused
 * multiply-adds in flight, with narrower tiles for what is left over.
 */
final class VectorKernels extends Kernels {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int TILE_ROWS = 4;
    private static final int COLUMN_ROWS = 8;
    private static final int WIDE = 4 * LANES;

    private static final double[] POLYNOMIAL = Tanh.INVERSE_FACTORIALS;

    /**
     * Room for the columns that fill no whole vector: b's and a tile of c's. What the other lanes hold is never used.
     */
    private static final ThreadLocal<double[][]> EDGE =
            ThreadLocal.withInitial(() -> new double[][] {new double[256 * LANES], new double[COLUMN_ROWS * LANES]});

    @Override
    public String describe() {
        return "vector (" + LANES + " lanes)";
    }

    @Override
    public void product(
            int rows,
            int inner,
            int cols,
            double[] start,
            int startOffset,
            int startStride,
            double[] a,
            int aOffset,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride) {
        if (cols == 1 && aRowStride == 1 && cStride == 1 && startStride == 1) {
            // c' = start' + b' A': the vectors run along the rows of c, which a column of a fills.
            product(
                    1,
                    inner,
                    rows,
                    start,
                    startOffset,
                    0,
                    b,
                    bOffset,
                    0,
                    bStride,
                    a,
                    aOffset,
                    aColStride,
                    c,
                    cOffset,
                    0);
            return;
        }
        int whole = cols - cols % LANES;
        int wide = cols - cols % WIDE;
        int tall = rows - rows % TILE_ROWS;
        for (int j = 0; j < wide; j += WIDE) {
            for (int i = 0; i < tall; i += TILE_ROWS) {
                tile4x4(
                        inner,
                        start,
                        startOffset + i * startStride + j,
                        startStride,
                        a,
                        aOffset + i * aRowStride,
                        aRowStride,
                        aColStride,
                        b,
                        bOffset + j,
                        bStride,
                        c,
                        cOffset + i * cStride + j,
                        cStride);
            }
            for (int i = tall; i < rows; i++) {
                tile1x4(
                        inner,
                        start,
                        startOffset + i * startStride + j,
                        a,
                        aOffset + i * aRowStride,
                        aColStride,
                        b,
                        bOffset + j,
                        bStride,
                        c,
                        cOffset + i * cStride + j);
            }
        }
        for (int j = wide; j < whole; j += LANES) {
            column(
                    rows,
                    inner,
                    start,
                    startOffset + j,
                    startStride,
                    a,
                    aOffset,
                    aRowStride,
                    aColStride,
                    b,
                    bOffset + j,
                    bStride,
                    c,
                    cOffset + j,
                    cStride);
        }
        if (whole < cols) {
            edge(
                    rows,
                    inner,
                    cols - whole,
                    start,
                    startOffset + whole,
                    startStride,
                    a,
                    aOffset,
                    aRowStride,
                    aColStride,
                    b,
                    bOffset + whole,
                    bStride,
                    c,
                    cOffset + whole,
                    cStride);
        }
    }

    /** The product for LANES columns. */
    private static void column(
            int rows,
            int inner,
            double[] start,
            int startOffset,
            int startStride,
            double[] a,
            int aOffset,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride) {
        int i = 0;
        for (; i + COLUMN_ROWS <= rows; i += COLUMN_ROWS) {
            tile8x1(
                    inner,
                    start,
                    startOffset + i * startStride,
                    startStride,
                    a,
                    aOffset + i * aRowStride,
                    aRowStride,
                    aColStride,
                    b,
                    bOffset,
                    bStride,
                    c,
                    cOffset + i * cStride,
                    cStride);
        }
        for (; i < rows; i++) {
            tile1x1(
                    inner,
                    start,
                    startOffset + i * startStride,
                    a,
                    aOffset + i * aRowStride,
                    aColStride,
                    b,
                    bOffset,
                    bStride,
                    c,
                    cOffset + i * cStride);
        }
    }

    /**
     * The product for fewer than LANES columns: whole vectors over padded copies, so that no lane goes out of bounds.
     */
    private static void edge(
            int rows,
            int inner,
            int cols,
            double[] start,
            int startOffset,
            int startStride,
            double[] a,
            int aOffset,
            int aRowStride,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset,
            int cStride) {
        double[][] room = EDGE.get();
        if (room[0].length < inner * LANES) {
            room[0] = new double[inner * LANES];
        }
        double[] paddedB = room[0];
        double[] paddedC = room[1];
        for (int p = 0; p < inner; p++) {
            copy(b, bOffset + p * bStride, paddedB, p * LANES, cols);
        }
        for (int i = 0; i < rows; i += COLUMN_ROWS) {
            int some = Math.min(COLUMN_ROWS, rows - i);
            for (int row = 0; row < some; row++) {
                copy(start, startOffset + (i + row) * startStride, paddedC, row * LANES, cols);
            }
            column(
                    some,
                    inner,
                    paddedC,
                    0,
                    LANES,
                    a,
                    aOffset + i * aRowStride,
                    aRowStride,
                    aColStride,
                    paddedB,
                    0,
                    LANES,
                    paddedC,
                    0,
                    LANES);
            for (int row = 0; row < some; row++) {
                copy(paddedC, row * LANES, c, cOffset + (i + row) * cStride, cols);
            }
        }
    }

    private static void copy(double[] from, int fromOffset, double[] to, int toOffset, int length) {
        for (int i = 0; i < length; i++) {
            to[toOffset + i] = from[fromOffset + i];
        }
    }

    private static void tile4x4(
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

    private static void tile8x1(
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

    private static void tile1x4(
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

    private static void tile1x1(
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

    @Override
    public void tanh(double[] x, int offset, int length) {
        int end = offset + length;
        int i = offset;
        for (; i + LANES <= end; i += LANES) {
            tanh(load(x, i)).intoArray(x, i);
        }
        for (; i < end; i++) {
            x[i] = Tanh.of(x[i]);
        }
    }

    /** {@link Tanh#of} on every lane: the same operations in the same order. */
    private static DoubleVector tanh(DoubleVector x) {
        DoubleVector z = x.abs().min(Tanh.CAP).mul(2);
        DoubleVector shifted = z.fma(broadcast(Tanh.INV_LN2), broadcast(Tanh.ROUND));
        DoubleVector k = shifted.sub(Tanh.ROUND);
        DoubleVector r = k.fma(broadcast(-Tanh.LN2_LOW), k.fma(broadcast(-Tanh.LN2_HIGH), z));
        DoubleVector q = broadcast(POLYNOMIAL[0]);
        for (int n = 1; n < POLYNOMIAL.length; n++) {
            q = q.fma(r, broadcast(POLYNOMIAL[n]));
        }
        DoubleVector expm1 = q.mul(r).fma(r, r);
        DoubleVector power = shifted.reinterpretAsLongs()
                .lanewise(VectorOperators.LSHL, 52)
                .add(Tanh.ONE_BITS)
                .reinterpretAsDoubles();
        DoubleVector m = power.fma(expm1, power.sub(1));
        DoubleVector size = m.div(m.add(2));
        LongVector sign = x.reinterpretAsLongs().and(Long.MIN_VALUE);
        return size.reinterpretAsLongs().or(sign).reinterpretAsDoubles();
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
