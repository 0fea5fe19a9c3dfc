// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.linalg.Kernels;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * Inverts symmetric positive definite matrices in place by Gauss and Jordan's method on blocks of rows, which needs no
 * pivots for them and does all but the blocks on the diagonal by matrix products.
 */
final class PositiveDefinite {

    private static final int BLOCK = 32;

    private PositiveDefinite() {}

    /** Replaces {@code a} [n][n] by its inverse. */
    static void invert(DMatrixRMaj a) {
        Kernels kernels = Kernels.best();
        int n = a.numRows;
        double[] data = a.data;
        double[] pivot = new double[BLOCK * BLOCK]; // inverse of the diagonal block
        double[] panel = new double[BLOCK * n]; // pivot times the block's rows
        double[] column = new double[n * BLOCK]; // minus the block's columns
        for (int from = 0; from < n; from += BLOCK) {
            int size = Math.min(BLOCK, n - from);
            for (int i = 0; i < size; i++) {
                System.arraycopy(data, (from + i) * n + from, pivot, i * size, size);
            }
            invertSmall(pivot, size);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < size; j++) {
                    column[i * size + j] = -data[i * n + from + j];
                    data[i * n + from + j] = 0;
                }
            }
            Arrays.fill(panel, 0, size * n, 0);
            kernels.addProduct(size, size, n, pivot, 0, size, 1, data, from * n, n, panel, 0, n);
            for (int i = 0; i < size; i++) {
                System.arraycopy(pivot, i * size, panel, i * n + from, size);
                Arrays.fill(data, (from + i) * n, (from + i + 1) * n, 0);
                Arrays.fill(column, (from + i) * size, (from + i + 1) * size, 0);
            }
            kernels.addProduct(n, size, n, column, 0, size, 1, panel, 0, n, data, 0, n);
            System.arraycopy(panel, 0, data, from * n, size * n);
        }
    }

    /** Gauss and Jordan's method, element by element. */
    private static void invertSmall(double[] a, int n) {
        for (int k = 0; k < n; k++) {
            double inverse = 1 / a[k * n + k];
            a[k * n + k] = 1;
            for (int j = 0; j < n; j++) {
                a[k * n + j] *= inverse;
            }
            for (int i = 0; i < n; i++) {
                if (i == k) {
                    continue;
                }
                double factor = a[i * n + k];
                a[i * n + k] = 0;
                for (int j = 0; j < n; j++) {
                    a[i * n + j] = Math.fma(-factor, a[k * n + j], a[i * n + j]);
                }
            }
        }
    }
}
