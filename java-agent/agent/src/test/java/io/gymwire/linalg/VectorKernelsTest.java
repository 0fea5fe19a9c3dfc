// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vector kernels must compute the same bits as plain kernels. Without the Vector API, the tests are skipped. */
final class VectorKernelsTest {
    private final Kernels plain = new PlainKernels();
    private final Random random = new Random(2);
    private Kernels vector;

    @BeforeEach
    void needVectorApi() {
        assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
        vector = new VectorKernels();
    }

    @Test
    void productsAgreeForEveryWidthUpTo70() {
        for (int cols = 1; cols <= 70; cols++) {
            for (int rows : new int[] {1, 2, 3, 4, 5, 7, 8, 13}) {
                for (int inner : new int[] {1, 2, 9, 64}) {
                    assertSameBits(Product.random(random, rows, inner, cols, false));
                    assertSameBits(Product.random(random, rows, inner, cols, true));
                }
            }
        }
    }

    @Test
    void productsAgreeForEveryInnerSizeUpTo400() {
        for (int inner = 1; inner <= 400; inner++) {
            assertSameBits(Product.random(random, 6, inner, 43, inner % 2 == 0));
        }
        assertSameBits(Product.random(random, 5, 3000, 3, false));
    }

    @Test
    void productsAgreeOnSpecialNumbers() {
        double[] special = {
            0,
            -0.0,
            Double.MIN_VALUE,
            -1e-310,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.NaN
        };
        for (int cols : new int[] {1, 7, 16, 37}) {
            Product product = Product.random(random, 9, 12, cols, false);
            for (int i = 0; i < special.length; i++) {
                product.a().data[product.a().index(i, i)] = special[i];
                product.b().data[product.b().index(i + 2, 0)] = special[i];
            }
            assertSameBits(product);
        }
    }

    @Test
    void productsAgreeIfTheColumnsOfTheLeftMatrixAreContiguous() {
        for (int rows : new int[] {1, 7, 8, 64, 67}) {
            MatrixView a = new MatrixView()
                    .setRowMajor(random.doubles(rows * 5, -1, 1).toArray(), 0, 5, rows)
                    .transpose();
            MatrixView b = new MatrixView().setRowMajor(random.doubles(5, -1, 1).toArray(), 0, 5, 1);
            double[] expected = random.doubles(rows, -1, 1).toArray();
            double[] actual = expected.clone();
            plain.addProduct(a, b, new MatrixView().setRowMajor(expected, 0, rows, 1));
            vector.addProduct(a, b, new MatrixView().setRowMajor(actual, 0, rows, 1));
            assertSameBits(expected, actual, rows + " rows");
        }
    }

    @Test
    void emptyProductsDoNotChangeTheTarget() {
        Product product = Product.random(random, 5, 0, 21, false);
        assertArrayEquals(product.c().data, product.by(vector));
    }

    @Test
    void tanhAgrees() {
        double[] x = random.doubles(200_003, -25, 25).toArray();
        double[] special = {
            0,
            -0.0,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            1e-300,
            -1e-17,
            0x1p-27,
            19.0615,
            20,
            1e300,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.NaN
        };
        System.arraycopy(special, 0, x, 64, special.length);
        double[] expected = x.clone();
        double[] actual = x.clone();
        plain.tanh(expected, 3, x.length - 5);
        vector.tanh(actual, 3, x.length - 5);
        assertSameBits(expected, actual, "tanh");
    }

    private void assertSameBits(Product product) {
        assertSameBits(product.by(plain), product.by(vector), product.toString());
        if (product.a().cols > 0) {
            assertSameBits(product.fromBias(plain), product.fromBias(vector), product + " from a bias");
        }
    }

    private static void assertSameBits(double[] expected, double[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(
                    Double.doubleToLongBits(expected[i]), Double.doubleToLongBits(actual[i]), what + ", element " + i);
        }
    }
}
