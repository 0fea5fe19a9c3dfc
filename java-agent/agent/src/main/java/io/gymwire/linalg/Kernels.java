// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The kernels: operations on dense matrices, in which the learner spends most of its time.
 *
 * <p>There are two implementations, {@link PlainKernels} and {@link VectorKernels}. VectorKernels uses the Vector API,
 * and is chosen if the module {@code jdk.incubator.vector} is present ({@code --add-modules jdk.incubator.vector}). The
 * implementations agree bit for bit, for two reasons. In both, each output element is one chain of fused multiply-adds
 * in ascending order of the inner index. In both, tanh consists of the same correctly rounded operations in the same
 * order.
 */
public abstract sealed class Kernels permits VectorKernels, PlainKernels {

    private static final Kernels BEST = chooseBest();
    private static final int SQUARE = 8;

    Kernels() {}

    /** The fastest implementation that this JVM can run. */
    public static Kernels best() {
        return BEST;
    }

    /** A readable name, e.g. "vector (8 lanes)". */
    public abstract String describe();

    /**
     * Computes C = S + A B, that is c[i][j] = s[i][j] + sum over p of a[i][p] * b[p][j], p ascending.
     *
     * <p>S, B and C have contiguous rows: the elements of a row are neighbours in the array. A may have any strides; it
     * can be the {@link MatrixView#transpose} of a row-major matrix. S may repeat one row, such as the biases of a
     * layer.
     *
     * @param start S [rows][cols]; not modified, unless it is C or a view of the same elements in the same places
     * @param a A [rows][inner]; not modified
     * @param b B [inner][cols]; not modified
     * @param c C [rows][cols]; overwritten, shares no elements with A and B
     * @throws IllegalArgumentException if the shapes or the strides do not fit
     */
    public final void product(MatrixView start, MatrixView a, MatrixView b, MatrixView c) {
        boolean shapesFit = a.rows == c.rows && b.hasShape(a.cols, c.cols) && start.hasShape(c.rows, c.cols);
        if (!shapesFit || !(start.hasContiguousRows() && b.hasContiguousRows() && c.hasContiguousRows())) {
            throw new IllegalArgumentException(
                    "these matrices have no product: S " + start + ", A " + a + ", B " + b + ", C " + c);
        }
        multiply(start, a, b, c);
    }

    /** Computes C = C + A B: a {@link #product} that starts from C. */
    public final void addProduct(MatrixView a, MatrixView b, MatrixView c) {
        product(c, a, b, c);
    }

    /** Computes the {@link #product} of matrices whose shapes have been checked. */
    abstract void multiply(MatrixView start, MatrixView a, MatrixView b, MatrixView c);

    /**
     * Replaces each element by its hyperbolic tangent, with an error of at most 3 units in the last place.
     *
     * @param x [rows][cols], row-major without gaps; modified
     */
    public final void tanh(MatrixView x) {
        requirePacked(x);
        tanh(x.data, x.offset, x.rows * x.cols);
    }

    /** Computes {@link #tanh(MatrixView)} for {@code length} elements, which begin at index {@code offset}. */
    abstract void tanh(double[] x, int offset, int length);

    /**
     * Multiplies by the derivative of tanh: delta[i][j] *= 1 - activation[i][j]^2.
     *
     * @param delta [rows][cols], row-major without gaps; modified
     * @param activation values of tanh [rows][cols], row-major without gaps; not modified
     */
    public static void multiplyTanhDerivative(MatrixView delta, MatrixView activation) {
        requirePacked(delta);
        requirePacked(activation);
        requireShape(activation, delta.rows, delta.cols);
        double[] d = delta.data;
        double[] a = activation.data;
        int dOffset = delta.offset;
        int aOffset = activation.offset;
        int length = delta.rows * delta.cols;
        for (int i = 0; i < length; i++) {
            double y = a[aOffset + i];
            d[dOffset + i] *= 1 - y * y;
        }
    }

    /**
     * Copies the transpose of a matrix: out[j][i] = a[i][j]. ({@link MatrixView#transpose} copies nothing.)
     *
     * @param a [rows][cols], with contiguous rows; not modified
     * @param out [cols][rows], with contiguous rows; overwritten, shares no elements with a
     */
    public static void copyTransposed(MatrixView a, MatrixView out) {
        requireShape(out, a.cols, a.rows);
        requireContiguousRows(a);
        requireContiguousRows(out);
        int rows = a.rows;
        int cols = a.cols;
        double[] from = a.data;
        double[] to = out.data;
        int offset = a.offset;
        int stride = a.rowStride;
        int outOffset = out.offset;
        int outStride = out.rowStride;
        // The loops copy small squares: the cache lines of both matrices stay in the first-level cache until the square
        // is copied.
        for (int i0 = 0; i0 < rows; i0 += SQUARE) {
            int i1 = Math.min(rows, i0 + SQUARE);
            for (int j0 = 0; j0 < cols; j0 += SQUARE) {
                int j1 = Math.min(cols, j0 + SQUARE);
                for (int j = j0; j < j1; j++) {
                    for (int i = i0; i < i1; i++) {
                        to[outOffset + j * outStride + i] = from[offset + i * stride + j];
                    }
                }
            }
        }
    }

    private static void requireShape(MatrixView x, int rows, int cols) {
        if (!x.hasShape(rows, cols)) {
            throw new IllegalArgumentException("a matrix is " + x + " instead of " + rows + " x " + cols);
        }
    }

    private static void requireContiguousRows(MatrixView x) {
        if (!x.hasContiguousRows()) {
            throw new IllegalArgumentException("a matrix is " + x + ", its rows are not contiguous");
        }
    }

    private static void requirePacked(MatrixView x) {
        if (!x.isPacked()) {
            throw new IllegalArgumentException("a matrix is " + x + ", not row-major without gaps");
        }
    }

    private static Kernels chooseBest() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorKernels()
                : new PlainKernels();
    }
}
