// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.junit.jupiter.api.Test;

final class PlainKernelsTest {
    private final Kernels kernels = new PlainKernels();
    private final Random random = new Random(1);

    @Test
    void addsTheProductThatEjmlComputes() {
        for (int size : new int[] {1, 2, 3, 8, 17, 64, 130}) {
            for (boolean transposed : new boolean[] {false, true}) {
                Product product = Product.random(random, size + 3, 2 * size, size, transposed);
                DMatrixRMaj expected = product.target(product.c());
                CommonOps_DDRM.multAdd(product.left(), product.right(), expected);
                DMatrixRMaj actual = product.target(product.by(kernels));
                assertTrue(MatrixFeatures_DDRM.isIdentical(expected, actual, 1e-12), product.toString());
            }
        }
    }

    @Test
    void productsStartFromABias() {
        Product product = Product.random(random, 6, 9, 5, true);
        DMatrixRMaj expected = new DMatrixRMaj(6, 5);
        CommonOps_DDRM.mult(product.left(), product.right(), expected);
        for (int row = 0; row < 6; row++) {
            for (int j = 0; j < 5; j++) {
                expected.add(row, j, product.b()[product.bOffset() + j]);
            }
        }
        DMatrixRMaj actual = new DMatrixRMaj(6, 5, true, product.fromBias(kernels));
        assertTrue(MatrixFeatures_DDRM.isIdentical(expected, actual, 1e-12));
    }

    @Test
    void touchesNothingOutsideTheTarget() {
        Product product = Product.random(random, 6, 9, 5, false);
        double[] result = product.by(kernels);
        for (int i = 0; i < result.length; i++) {
            assertEquals(!product.covers(i), result[i] == product.c()[i], "element " + i);
        }
    }

    @Test
    void tanhTouchesNothingOutsideItsRange() {
        double[] x = random.doubles(20, 0.5, 1).toArray();
        double[] result = x.clone();
        kernels.tanh(result, 4, 11);
        for (int i = 0; i < x.length; i++) {
            assertEquals(i >= 4 && i < 15, result[i] != x[i], "element " + i);
        }
    }

    @Test
    void derivativeOfTanhIsOneMinusItsSquare() {
        double[] delta = {7, 2, -3, 7};
        Kernels.multiplyTanhDerivative(delta, 1, new double[] {9, 9, 0.5, -1}, 2, 2);
        assertEquals(1.5, delta[1]);
        assertEquals(0, delta[2], 0);
        assertEquals(7, delta[0]);
        assertEquals(7, delta[3]);
    }

    @Test
    void transposesFromAnOffset() {
        double[] out = new double[8];
        Kernels.transpose(new double[] {-1, 1, 2, 3, 4, 5, 6}, 1, 2, 3, out, 1, 2);
        assertArrayEquals(new double[] {0, 1, 4, 2, 5, 3, 6, 0}, out);
    }

    @Test
    void transposesMatricesLargerThanItsSquares() {
        double[] a = random.doubles(19 * 10).toArray();
        double[] out = new double[a.length];
        Kernels.transpose(a, 0, 19, 10, out, 0, 19);
        for (int i = 0; i < 19; i++) {
            for (int j = 0; j < 10; j++) {
                assertEquals(a[10 * i + j], out[19 * j + i]);
            }
        }
    }
}
