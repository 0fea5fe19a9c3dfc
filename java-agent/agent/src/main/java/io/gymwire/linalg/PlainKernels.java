// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/** The kernels in plain Java: slower, needs no module, and serves as the reference of {@link VectorKernels}. */
final class PlainKernels extends Kernels {

    @Override
    public String describe() {
        return "plain Java";
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
        for (int i = 0; i < rows; i++) {
            int aRow = aOffset + i * aRowStride;
            int cRow = cOffset + i * cStride;
            System.arraycopy(start, startOffset + i * startStride, c, cRow, cols);
            for (int p = 0; p < inner; p++) {
                double factor = a[aRow + p * aColStride];
                int bRow = bOffset + p * bStride;
                for (int j = 0; j < cols; j++) {
                    c[cRow + j] = Math.fma(factor, b[bRow + j], c[cRow + j]);
                }
            }
        }
    }

    @Override
    public void tanh(double[] x, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = Tanh.of(x[i]);
        }
    }
}
