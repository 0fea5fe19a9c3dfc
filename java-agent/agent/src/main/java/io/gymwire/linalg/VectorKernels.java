// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The kernels on the Vector API. A product is computed tile by tile, by {@link VectorTiles}: by wide tiles as far as
 * they go, and by narrower ones for the rows and columns that are left over.
 */
final class VectorKernels extends Kernels {

    private static final int LANES = VectorTiles.LANES;
    private static final int WIDE = VectorTiles.WIDE_COLS;
    private static final int WIDE_ROWS = VectorTiles.WIDE_ROWS;
    private static final int COLUMN_ROWS = VectorTiles.COLUMN_ROWS;

    private static final ThreadLocal<Transposes> TRANSPOSES = ThreadLocal.withInitial(Transposes::new);
    private static final ThreadLocal<Edge> EDGE = ThreadLocal.withInitial(Edge::new);

    /** The views of a product whose transpose is computed instead. */
    private static final class Transposes {
        final MatrixView start = new MatrixView();
        final MatrixView a = new MatrixView();
        final MatrixView b = new MatrixView();
        final MatrixView c = new MatrixView();
    }

    /** Columns that fill no whole vector, copied to rows of LANES elements. What the other lanes hold is never used. */
    private static final class Edge {
        double[] bData = new double[256 * LANES];
        final double[] cData = new double[COLUMN_ROWS * LANES];
        final MatrixView a = new MatrixView();
        final MatrixView b = new MatrixView();
        final MatrixView c = new MatrixView();
    }

    @Override
    public String describe() {
        return "vector (" + LANES + " lanes)";
    }

    @Override
    void multiply(MatrixView start, MatrixView a, MatrixView b, MatrixView c) {
        boolean rowsAreNeighbours = a.rowStride == 1 && c.rowStride == 1 && start.rowStride == 1;
        if (rowsAreNeighbours && c.cols == 1) {
            // C' = S' + B' A': the vectors run along the only column of C.
            Transposes views = TRANSPOSES.get();
            multiplyByTiles(
                    views.start.set(start).transpose(),
                    views.b.set(b).transpose(),
                    views.a.set(a).transpose(),
                    views.c.set(c).transpose());
        } else {
            multiplyByTiles(start, a, b, c);
        }
    }

    private static void multiplyByTiles(MatrixView start, MatrixView a, MatrixView b, MatrixView c) {
        int rows = c.rows;
        int cols = c.cols;
        int whole = cols - cols % LANES;
        int wide = cols - cols % WIDE;
        int tall = rows - rows % WIDE_ROWS;
        for (int j = 0; j < wide; j += WIDE) {
            for (int i = 0; i < tall; i += WIDE_ROWS) {
                VectorTiles.tile4x4(start, a, b, c, i, j);
            }
            for (int i = tall; i < rows; i++) {
                VectorTiles.tile1x4(start, a, b, c, i, j);
            }
        }
        for (int j = wide; j < whole; j += LANES) {
            column(start, a, b, c, j);
        }
        if (whole < cols) {
            edge(start, a, b, c, whole);
        }
    }

    /** The product for the LANES columns from j on. */
    private static void column(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int j) {
        int rows = c.rows;
        int i = 0;
        for (; i + COLUMN_ROWS <= rows; i += COLUMN_ROWS) {
            VectorTiles.tile8x1(start, a, b, c, i, j);
        }
        for (; i < rows; i++) {
            VectorTiles.tile1x1(start, a, b, c, i, j);
        }
    }

    /**
     * The product for the columns from j on, fewer than LANES: whole vectors over padded copies, so that no lane goes
     * out of bounds.
     */
    private static void edge(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int j) {
        int rows = c.rows;
        int inner = b.rows;
        Edge edge = EDGE.get();
        if (edge.bData.length < inner * LANES) {
            edge.bData = new double[inner * LANES];
        }
        pad(b, 0, j, inner, edge.bData);
        edge.b.setRowMajor(edge.bData, 0, inner, LANES);
        for (int i = 0; i < rows; i += COLUMN_ROWS) {
            int some = Math.min(COLUMN_ROWS, rows - i);
            pad(start, i, j, some, edge.cData);
            edge.a.set(a.data, a.index(i, 0), some, inner, a.rowStride, a.colStride);
            edge.c.setRowMajor(edge.cData, 0, some, LANES);
            column(edge.c, edge.a, edge.b, edge.c, 0);
            unpad(edge.cData, some, c, i, j);
        }
    }

    /** Copies the columns from j on of the rows i, ..., i + rows - 1 to rows of LANES elements. */
    private static void pad(MatrixView from, int i, int j, int rows, double[] padded) {
        int at = from.index(i, j);
        for (int row = 0; row < rows; row++) {
            copy(from.data, at + row * from.rowStride, padded, row * LANES, from.cols - j);
        }
    }

    /** Copies rows of LANES elements to the columns from j on of the rows i, ..., i + rows - 1. */
    private static void unpad(double[] padded, int rows, MatrixView to, int i, int j) {
        int at = to.index(i, j);
        for (int row = 0; row < rows; row++) {
            copy(padded, row * LANES, to.data, at + row * to.rowStride, to.cols - j);
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
