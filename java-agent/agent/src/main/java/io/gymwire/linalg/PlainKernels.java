// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * The kernels in plain Java. They do not need the module jdk.incubator.vector. They compute the same results as
 * {@link VectorKernels}, but are slower.
 */
final class PlainKernels extends Kernels {

    @Override
    public String describe() {
        return "plain Java";
    }

    @Override
    void multiply(MatrixView start, MatrixView a, MatrixView b, MatrixView c) {
        int rows = c.rows;
        int cols = c.cols;
        int inner = b.rows;
        double[] as = a.data;
        double[] bs = b.data;
        double[] cs = c.data;
        int aStride = a.colStride;
        int bStride = b.rowStride;
        for (int i = 0; i < rows; i++) {
            int aRow = a.index(i, 0);
            int bRow = b.offset;
            int cRow = c.index(i, 0);
            System.arraycopy(start.data, start.index(i, 0), cs, cRow, cols);
            for (int p = 0; p < inner; p++) {
                double factor = as[aRow + p * aStride];
                for (int j = 0; j < cols; j++) {
                    cs[cRow + j] = Math.fma(factor, bs[bRow + j], cs[cRow + j]);
                }
                bRow += bStride;
            }
        }
    }

    @Override
    void tanh(double[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = Tanh.of(x[i]);
        }
    }
}
