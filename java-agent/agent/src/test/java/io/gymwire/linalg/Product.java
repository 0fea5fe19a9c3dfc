// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** Random matrices for C = C + A B. They are parts of larger arrays that also contain other numbers. */
record Product(MatrixView a, MatrixView b, MatrixView c) {

    /** A product with a matrix A that is stored row by row, or column by column if {@code transposed}. */
    static Product random(Random random, int rows, int inner, int cols, boolean transposed) {
        int lead = (transposed ? rows : inner) + 2;
        int bStride = cols + 3;
        int cStride = cols + 1;
        MatrixView a = new MatrixView();
        double[] aData = uniform(random, 5 + lead * Math.max(rows, inner));
        if (transposed) {
            a.set(aData, 5, inner, rows, lead, 1).transpose();
        } else {
            a.set(aData, 5, rows, inner, lead, 1);
        }
        return new Product(
                a,
                new MatrixView().set(uniform(random, 7 + bStride * inner), 7, inner, cols, bStride, 1),
                new MatrixView().set(uniform(random, 11 + cStride * rows), 11, rows, cols, cStride, 1));
    }

    private static double[] uniform(Random random, int length) {
        return random.doubles(length, -1, 1).toArray();
    }

    /** Copies the whole array that contains C, adds A B to C in the copy, and returns the copy. */
    double[] by(Kernels kernels) {
        double[] result = c.data.clone();
        MatrixView target = new MatrixView().set(c);
        target.data = result;
        kernels.addProduct(a, b, target);
        return result;
    }

    /** Adds the first row of B to each row of A B. Returns the result as an array without gaps. */
    double[] fromBias(Kernels kernels) {
        double[] result = new double[c.rows * c.cols];
        MatrixView start = new MatrixView().setRepeatedRow(b.data, b.offset, c.rows, c.cols);
        kernels.product(start, a, b, new MatrixView().setRowMajor(result, 0, c.rows, c.cols));
        return result;
    }

    /** Whether the number at an index of C's array is an element of C. */
    boolean covers(int index) {
        int at = index - c.offset;
        return at >= 0 && at / c.rowStride < c.rows && at % c.rowStride < c.cols;
    }

    /** A copy of a view's elements. */
    static DMatrixRMaj matrix(MatrixView view) {
        return matrix(view, view.data);
    }

    /** A copy of the numbers in {@code array} at the indices of the view's elements. */
    static DMatrixRMaj matrix(MatrixView view, double[] array) {
        DMatrixRMaj matrix = new DMatrixRMaj(view.rows, view.cols);
        for (int i = 0; i < view.rows; i++) {
            for (int j = 0; j < view.cols; j++) {
                matrix.set(i, j, array[view.offset + i * view.rowStride + j * view.colStride]);
            }
        }
        return matrix;
    }
}
