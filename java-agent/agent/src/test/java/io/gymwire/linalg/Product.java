// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** A random product c += a b, its matrices amid other numbers of larger arrays. */
record Product(
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

    /** A product whose left matrix lies row by row, or column by column when {@code transposed}. */
    static Product random(Random random, int rows, int inner, int cols, boolean transposed) {
        int lead = (transposed ? rows : inner) + 2;
        int bStride = cols + 3;
        int cStride = cols + 1;
        return new Product(
                rows,
                inner,
                cols,
                gaussians(random, 5 + lead * Math.max(rows, inner)),
                5,
                transposed ? 1 : lead,
                transposed ? lead : 1,
                gaussians(random, 7 + bStride * inner),
                7,
                bStride,
                gaussians(random, 11 + cStride * rows),
                11,
                cStride);
    }

    private static double[] gaussians(Random random, int length) {
        return random.doubles(length, -1, 1).toArray();
    }

    /** Returns what becomes of the whole array that holds c; the product itself stays as it is. */
    double[] by(Kernels kernels) {
        double[] result = c.clone();
        kernels.addProduct(
                rows, inner, cols, a, aOffset, aRowStride, aColStride, b, bOffset, bStride, result, cOffset, cStride);
        return result;
    }

    /** Returns c, tightly packed, when every row starts from the first row of b instead of from c. */
    double[] fromBias(Kernels kernels) {
        double[] result = new double[rows * cols];
        kernels.product(
                rows,
                inner,
                cols,
                b,
                bOffset,
                0,
                a,
                aOffset,
                aRowStride,
                aColStride,
                b,
                bOffset,
                bStride,
                result,
                0,
                cols);
        return result;
    }

    /** Whether c has an element at an index of its array. */
    boolean covers(int index) {
        int at = index - cOffset;
        return at >= 0 && at / cStride < rows && at % cStride < cols;
    }

    DMatrixRMaj left() {
        return matrix(rows, inner, a, aOffset, aRowStride, aColStride);
    }

    DMatrixRMaj right() {
        return matrix(inner, cols, b, bOffset, bStride, 1);
    }

    DMatrixRMaj target(double[] array) {
        return matrix(rows, cols, array, cOffset, cStride, 1);
    }

    @Override
    public String toString() {
        return rows + " x " + inner + " x " + cols + ", strides " + aRowStride + " and " + aColStride;
    }

    private static DMatrixRMaj matrix(int rows, int cols, double[] array, int offset, int rowStride, int colStride) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows, cols);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                matrix.set(i, j, array[offset + i * rowStride + j * colStride]);
            }
        }
        return matrix;
    }
}
