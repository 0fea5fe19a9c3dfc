// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class PlainKernelsTest {
    private final Kernels kernels = new PlainKernels();
    private final Random random = new Random(1);

    @Test
    void addsTheSameProductAsTheLibraryEjml() {
        for (int size : new int[] {1, 2, 3, 8, 17, 64, 130}) {
            for (boolean transposed : new boolean[] {false, true}) {
                Product product = Product.random(random, size + 3, 2 * size, size, transposed);
                DMatrixRMaj expected = Product.matrix(product.c());
                CommonOps_DDRM.multAdd(Product.matrix(product.a()), Product.matrix(product.b()), expected);
                DMatrixRMaj actual = Product.matrix(product.c(), product.by(kernels));
                assertTrue(MatrixFeatures_DDRM.isIdentical(expected, actual, 1e-12), product.toString());
            }
        }
    }

    @Test
    void biasesAreAddedToTheProduct() {
        Product product = Product.random(random, 6, 9, 5, true);
        DMatrixRMaj expected = new DMatrixRMaj(6, 5);
        CommonOps_DDRM.mult(Product.matrix(product.a()), Product.matrix(product.b()), expected);
        for (int row = 0; row < 6; row++) {
            for (int j = 0; j < 5; j++) {
                expected.add(row, j, product.b().data[product.b().offset + j]);
            }
        }
        DMatrixRMaj actual = new DMatrixRMaj(6, 5, true, product.fromBias(kernels));
        assertTrue(MatrixFeatures_DDRM.isIdentical(expected, actual, 1e-12));
    }

    @Test
    void changesNothingOutsideTheTarget() {
        Product product = Product.random(random, 6, 9, 5, false);
        double[] result = product.by(kernels);
        for (int i = 0; i < result.length; i++) {
            assertEquals(!product.covers(i), result[i] == product.c().data[i], "element " + i);
        }
    }

    @Test
    void tanhChangesNothingOutsideTheMatrix() {
        double[] x = random.doubles(20, 0.5, 1).toArray();
        double[] result = x.clone();
        kernels.tanh(new MatrixView().setRowMajor(result, 4, 1, 11));
        for (int i = 0; i < x.length; i++) {
            assertEquals(i >= 4 && i < 15, result[i] != x[i], "element " + i);
        }
    }

    @Test
    void theDerivativeOfTanhIsOneMinusTheSquareOfTanh() {
        double[] delta = {7, 2, -3, 7};
        double[] activation = {9, 9, 0.5, -1};
        Kernels.multiplyTanhDerivative(
                new MatrixView().setRowMajor(delta, 1, 1, 2), new MatrixView().setRowMajor(activation, 2, 1, 2));
        assertEquals(1.5, delta[1]);
        assertEquals(0, delta[2], 0);
        assertEquals(7, delta[0]);
        assertEquals(7, delta[3]);
    }

    @Test
    void transposesFromAnOffset() {
        double[] out = new double[8];
        MatrixView a = new MatrixView().setRowMajor(new double[] {-1, 1, 2, 3, 4, 5, 6}, 1, 2, 3);
        Kernels.copyTransposed(a, new MatrixView().setRowMajor(out, 1, 3, 2));
        assertArrayEquals(new double[] {0, 1, 4, 2, 5, 3, 6, 0}, out);
    }

    @Test
    void transposesLargeMatricesSquareBySquare() {
        MatrixView a = new MatrixView().set(random.doubles(19 * 12).toArray(), 1, 19, 10, 12, 1);
        MatrixView out = new MatrixView().set(new double[10 * 21], 2, 10, 19, 21, 1);
        Kernels.copyTransposed(a, out);
        assertTrue(MatrixFeatures_DDRM.isEquals(Product.matrix(a.transpose()), Product.matrix(out)));
    }

    @Test
    void refusesMatricesThatDoNotFit() {
        MatrixView a = new MatrixView().setRowMajor(new double[6], 0, 2, 3);
        MatrixView b = new MatrixView().setRowMajor(new double[12], 0, 3, 4);
        MatrixView c = new MatrixView().setRowMajor(new double[8], 0, 2, 4);
        MatrixView other = new MatrixView();
        double[] more = new double[100];
        for (int rows = 1; rows <= 4; rows++) {
            for (int cols = 1; cols <= 5; cols++) {
                other.setRowMajor(more, 0, rows, cols);
                assertFits(rows == 2 && cols == 4, () -> kernels.product(other, a, b, c));
                assertFits(rows == 2 && cols == 3, () -> kernels.product(c, other, b, c));
                assertFits(rows == 3 && cols == 4, () -> kernels.product(c, a, other, c));
                assertFits(rows == 2 && cols == 4, () -> kernels.product(c, a, b, other));
                assertFits(rows == 3 && cols == 2, () -> Kernels.copyTransposed(a, other));
                assertFits(rows == 2 && cols == 3, () -> Kernels.multiplyTanhDerivative(other, a));
            }
        }
    }

    @Test
    void refusesStridesThatDoNotFit() {
        MatrixView square = new MatrixView().setRowMajor(new double[4], 0, 2, 2);
        MatrixView gaps = new MatrixView().set(new double[6], 0, 2, 2, 3, 1);
        MatrixView columns =
                new MatrixView().setRowMajor(new double[4], 0, 2, 2).transpose();
        assertFits(true, () -> kernels.product(gaps, gaps, gaps, gaps));
        assertFits(true, () -> kernels.product(square, columns, square, square));
        assertFits(false, () -> kernels.product(columns, square, square, square));
        assertFits(false, () -> kernels.product(square, square, columns, square));
        assertFits(false, () -> kernels.product(square, square, square, columns));
        assertFits(true, () -> Kernels.copyTransposed(gaps, gaps));
        assertFits(false, () -> Kernels.copyTransposed(columns, square));
        assertFits(false, () -> Kernels.copyTransposed(square, columns));
        assertFits(false, () -> Kernels.multiplyTanhDerivative(gaps, square));
        assertFits(false, () -> Kernels.multiplyTanhDerivative(square, gaps));
        assertFits(false, () -> kernels.tanh(gaps));
        assertFits(false, () -> kernels.tanh(columns));
    }

    private static void assertFits(boolean fits, Executable call) {
        if (fits) {
            assertDoesNotThrow(call);
        } else {
            assertThrows(IllegalArgumentException.class, call);
        }
    }
}
