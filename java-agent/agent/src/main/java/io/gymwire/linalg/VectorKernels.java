// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The kernels on the Vector API. This class splits the product C = S + A B into tiles of C, and {@link VectorTiles}
 * computes each tile. Wide tiles cover C as far as they fit. Smaller tiles cover the remaining rows and columns.
 */
final class VectorKernels extends Kernels {

    private static final int LANES = VectorTiles.LANES;

    /**
     * Memory for two copies. They are used if the number of columns is not a multiple of LANES. The first copy contains
     * the last columns of B. The second copy contains the same columns of some rows of S, and later of C. Each row of
     * a copy has LANES elements.
     */
    private static final ThreadLocal<double[][]> EDGE = ThreadLocal.withInitial(
            () -> new double[][] {new double[256 * LANES], new double[VectorTiles.COLUMN_ROWS * LANES]});

    @Override
    public String describe() {
        return "vector (" + LANES + " lanes)";
    }

    @Override
    void multiply(MatrixView start, MatrixView a, MatrixView b, MatrixView c) {
        boolean rowsAreNeighbours = a.rowStride == 1 && c.rowStride == 1 && start.rowStride == 1;
        if (rowsAreNeighbours && c.cols == 1) {
            // A vector contains elements of one row. A row of C has only one element, but the transpose C' is one row
            // with all elements of C. So this computes the transposed product, C' = S' + B' A'.
            product(
                    1,
                    b.rows,
                    c.rows,
                    start.data,
                    start.offset,
                    0,
                    b.data,
                    b.offset,
                    0,
                    b.rowStride,
                    a.data,
                    a.offset,
                    a.colStride,
                    c.data,
                    c.offset,
                    0);
        } else {
            product(
                    c.rows,
                    b.rows,
                    c.cols,
                    start.data,
                    start.offset,
                    start.rowStride,
                    a.data,
                    a.offset,
                    a.rowStride,
                    a.colStride,
                    b.data,
                    b.offset,
                    b.rowStride,
                    c.data,
                    c.offset,
                    c.rowStride);
        }
    }

    /** Computes C = S + A B from the fields of the views. S is {@code start}. */
    private static void product(
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
        int whole = cols - cols % LANES;
        int wide = cols - cols % VectorTiles.WIDE_COLS;
        int tall = rows - rows % VectorTiles.WIDE_ROWS;
        for (int j = 0; j < wide; j += VectorTiles.WIDE_COLS) {
            for (int i = 0; i < tall; i += VectorTiles.WIDE_ROWS) {
                VectorTiles.wide(
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
        }
        for (int i = tall; i < rows; i++) {
            row(
                    inner,
                    wide,
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

    /** Computes the first {@code cols} elements of one row of C; {@code cols} is a multiple of LANES. */
    private static void row(
            int inner,
            int cols,
            double[] start,
            int startOffset,
            double[] a,
            int aOffset,
            int aColStride,
            double[] b,
            int bOffset,
            int bStride,
            double[] c,
            int cOffset) {
        int j = 0;
        for (; j + VectorTiles.ROW_COLS <= cols; j += VectorTiles.ROW_COLS) {
            VectorTiles.tile1x4(
                    inner, start, startOffset + j, a, aOffset, aColStride, b, bOffset + j, bStride, c, cOffset + j);
        }
        for (; j < cols; j += LANES) {
            VectorTiles.tile1x1(
                    inner, start, startOffset + j, a, aOffset, aColStride, b, bOffset + j, bStride, c, cOffset + j);
        }
    }

    /** Computes LANES columns of C. */
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
        for (; i + VectorTiles.COLUMN_ROWS <= rows; i += VectorTiles.COLUMN_ROWS) {
            VectorTiles.tile8x1(
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
            VectorTiles.tile1x1(
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
     * Computes fewer than LANES columns of C. The vectors read and write padded copies of these columns of B and C, so
     * no lane is outside the arrays.
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
        double[][] edges = EDGE.get();
        if (edges[0].length < inner * LANES) {
            edges[0] = new double[inner * LANES];
        }
        double[] paddedB = edges[0];
        double[] paddedC = edges[1];
        for (int p = 0; p < inner; p++) {
            copy(b, bOffset + p * bStride, paddedB, p * LANES, cols);
        }
        for (int i = 0; i < rows; i += VectorTiles.COLUMN_ROWS) {
            int some = Math.min(VectorTiles.COLUMN_ROWS, rows - i);
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

    @Override
    void tanh(double[] x, int offset, int length) {
        VectorTanh.replace(x, offset, length);
    }
}
