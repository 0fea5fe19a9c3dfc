// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The kernels on the Vector API. A product is computed tile by tile, by {@link VectorTiles}: by wide tiles as far as
 * they go, and by narrower ones for the rows and columns that are left over.
 */
final class VectorKernels extends Kernels {

    private static final int LANES = VectorTiles.LANES;

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
        private double[] bData = new double[256 * LANES];
        private double[] cData = new double[256 * LANES];
        final MatrixView b = new MatrixView();
        final MatrixView c = new MatrixView();

        void reserve(int bRows, int cRows) {
            if (bData.length < bRows * LANES) {
                bData = new double[bRows * LANES];
            }
            if (cData.length < cRows * LANES) {
                cData = new double[cRows * LANES];
            }
            b.setRowMajor(bData, 0, bRows, LANES);
            c.setRowMajor(cData, 0, cRows, LANES);
        }
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
        int wide = cols - cols % VectorTiles.WIDE_COLS;
        int tall = rows - rows % VectorTiles.WIDE_ROWS;
        for (int j = 0; j < wide; j += VectorTiles.WIDE_COLS) {
            VectorTiles.tiles4x4(start, a, b, c, j);
            VectorTiles.tiles1x4(start, a, b, c, tall, j);
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
        VectorTiles.tiles8x1(start, a, b, c, j);
        VectorTiles.tiles1x1(start, a, b, c, c.rows - c.rows % VectorTiles.COLUMN_ROWS, j);
    }

    /**
     * The product for the columns from j on, fewer than LANES: whole vectors over padded copies, so that no lane goes
     * out of bounds.
     */
    private static void edge(MatrixView start, MatrixView a, MatrixView b, MatrixView c, int j) {
        Edge edge = EDGE.get();
        edge.reserve(b.rows, c.rows);
        copyColumns(b, j, edge.b, 0, c.cols - j);
        copyColumns(start, j, edge.c, 0, c.cols - j);
        column(edge.c, a, edge.b, edge.c, 0);
        copyColumns(edge.c, 0, c, j, c.cols - j);
    }

    /** Copies some columns, those of {@code from} from j on to those of {@code to} from toJ on. */
    private static void copyColumns(MatrixView from, int j, MatrixView to, int toJ, int cols) {
        int rows = from.rows;
        double[] fromData = from.data;
        double[] toData = to.data;
        int at = from.index(0, j);
        int toAt = to.index(0, toJ);
        int stride = from.rowStride;
        int toStride = to.rowStride;
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < cols; k++) {
                toData[toAt + k] = fromData[at + k];
            }
            at += stride;
            toAt += toStride;
        }
    }

    @Override
    void tanh(double[] x, int offset, int length) {
        VectorTanh.replace(x, offset, length);
    }
}
