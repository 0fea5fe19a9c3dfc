// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The dense kernels that the learner spends its time in.
 *
 * <p>Two implementations agree bit for bit: {@link VectorKernels} on the Vector API, used where the module
 * {@code jdk.incubator.vector} is present ({@code --add-modules jdk.incubator.vector}), and {@link PlainKernels}.
 * They agree because each output element is one chain of fused multiply-adds in ascending order of the inner index, and
 * because tanh is made of the same correctly rounded operations in the same order.
 */
public abstract sealed class Kernels permits VectorKernels, PlainKernels {

    private static final Kernels BEST = chooseBest();
    private static final int SQUARE = 8;

    Kernels() {}

    /** The fastest implementation that this JVM can run. */
    public static Kernels best() {
        return BEST;
    }

    /** A name for people, e.g. "vector (8 lanes)". */
    public abstract String describe();

    /**
     * Computes c[i][j] = start[i][j] + sum over p of a(i, p) * b[p][j], p ascending.
     *
     * <p>The strides of {@code a} are free, so that one kernel serves A B (strides ld, 1) and A' B (strides 1, ld). A
     * start with stride 0 is a bias: the same row for every row of c.
     *
     * @param rows number of rows of c
     * @param inner number of terms of each sum
     * @param cols number of columns of c and b
     * @param start what the sums begin with, start[i][j] at {@code startOffset + i * startStride + j}; not modified
     *     unless it is c itself, with c's offset and stride
     * @param a left matrix, a(i, p) at {@code aOffset + i * aRowStride + p * aColStride}; not modified
     * @param b right matrix, b[p][j] at {@code bOffset + p * bStride + j}; not modified
     * @param c result, c[i][j] at {@code cOffset + i * cStride + j}; overwritten, shares no memory with a and b
     */
    public abstract void product(
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
            int cStride);

    /** Adds a product to c: {@link #product} that starts from c itself. */
    public final void addProduct(
            int rows,
            int inner,
            int cols,
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
        product(
                rows,
                inner,
                cols,
                c,
                cOffset,
                cStride,
                a,
                aOffset,
                aRowStride,
                aColStride,
                b,
                bOffset,
                bStride,
                c,
                cOffset,
                cStride);
    }

    /**
     * Replaces each of {@code length} elements by its hyperbolic tangent, within 3 units in the last place.
     *
     * @param x modified from {@code offset} on
     */
    public abstract void tanh(double[] x, int offset, int length);

    /**
     * Multiplies by the derivative of tanh: delta[i] *= 1 - activation[i]^2.
     *
     * @param delta modified
     * @param activation values of tanh; not modified
     */
    public static void multiplyTanhDerivative(
            double[] delta, int deltaOffset, double[] activation, int activationOffset, int length) {
        for (int i = 0; i < length; i++) {
            double y = activation[activationOffset + i];
            delta[deltaOffset + i] *= 1 - y * y;
        }
    }

    /**
     * Writes a transposed matrix.
     *
     * @param a matrix [rows][cols], row-major from {@code offset} on; not modified
     * @param out matrix [cols][rows], element (j, i) at {@code outOffset + j * outStride + i}; modified
     */
    public static void transpose(
            double[] a, int offset, int rows, int cols, double[] out, int outOffset, int outStride) {
        // By small squares, so that the lines of both matrices stay in the first-level cache until they are used up.
        for (int i0 = 0; i0 < rows; i0 += SQUARE) {
            int i1 = Math.min(rows, i0 + SQUARE);
            for (int j0 = 0; j0 < cols; j0 += SQUARE) {
                int j1 = Math.min(cols, j0 + SQUARE);
                for (int j = j0; j < j1; j++) {
                    for (int i = i0; i < i1; i++) {
                        out[outOffset + j * outStride + i] = a[offset + i * cols + j];
                    }
                }
            }
        }
    }

    private static Kernels chooseBest() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorKernels()
                : new PlainKernels();
    }
}
