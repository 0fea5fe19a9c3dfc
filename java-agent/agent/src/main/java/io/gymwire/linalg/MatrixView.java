// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * A matrix [rows][cols] whose elements lie in an array of the caller. The index of element (i, j) in this array is
 * {@code offset + i * rowStride + j * colStride}. A view owns no elements, and several views may share an array.
 *
 * <p>Views can be changed. A caller keeps a few views and sets their fields again before each product. So a product
 * allocates nothing. Only one thread uses a view. A new view is 0 x 0.
 */
public final class MatrixView {

    private static final double[] NONE = {};

    double[] data = NONE;
    int offset;
    int rows;
    int cols;
    int rowStride;
    int colStride;

    /**
     * Sets all fields.
     *
     * @param rowStride distance of (i + 1, j) from (i, j) in the array; with 0, all rows are the same elements
     * @param colStride distance of (i, j + 1) from (i, j) in the array
     * @return this view
     */
    public MatrixView set(double[] data, int offset, int rows, int cols, int rowStride, int colStride) {
        this.data = data;
        this.offset = offset;
        this.rows = rows;
        this.cols = cols;
        this.rowStride = rowStride;
        this.colStride = colStride;
        return this;
    }

    /** Copies the fields of another view, so that both have the same elements, and returns this view. */
    MatrixView set(MatrixView other) {
        return set(other.data, other.offset, other.rows, other.cols, other.rowStride, other.colStride);
    }

    /** Makes this a view of a row-major matrix [rows][cols] without gaps between its rows, and returns this view. */
    public MatrixView setRowMajor(double[] data, int offset, int rows, int cols) {
        return set(data, offset, rows, cols, cols, 1);
    }

    /** Makes this a view of a matrix [rows][cols] in which all rows are the same elements, and returns this view. */
    public MatrixView setRepeatedRow(double[] data, int offset, int rows, int cols) {
        return set(data, offset, rows, cols, 0, 1);
    }

    /** Turns this view into its transpose, [cols][rows], without moving elements, and returns this view. */
    public MatrixView transpose() {
        return set(data, offset, cols, rows, colStride, rowStride);
    }

    /** The index of element (i, j) in the array. */
    int index(int i, int j) {
        return offset + i * rowStride + j * colStride;
    }

    boolean hasShape(int rows, int cols) {
        return this.rows == rows && this.cols == cols;
    }

    /** Whether the elements of each row are neighbours in the array. */
    boolean hasContiguousRows() {
        return colStride == 1 || cols <= 1;
    }

    /** Whether the matrix is row-major without gaps between its rows. */
    boolean isPacked() {
        return hasContiguousRows() && (rowStride == cols || rows <= 1);
    }

    /** The shape and the strides, e.g. "2 x 3 (strides 3, 1)". */
    @Override
    public String toString() {
        return rows + " x " + cols + " (strides " + rowStride + ", " + colStride + ")";
    }
}
