// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.api.Test;

final class ConjugateGradientTest {
    private final Random random = new Random(14);

    @Test
    void findsTheSolutionOfADirectSolver() {
        for (int size : new int[] {1, 2, 10, 60}) {
            for (double condition : new double[] {1, 100, 1e6}) {
                DMatrixRMaj a = positiveDefinite(size, condition);
                double[] b = Updates.gaussians(random, size);
                double[] x = new double[size];
                ConjugateGradient.solve(operator(a), b, 20 * size, 1e-15, x);
                DMatrixRMaj expected = new DMatrixRMaj(size, 1);
                assertTrue(CommonOps_DDRM.solve(a, Updates.column(b), expected));
                assertClose(expected.data, x, SOLUTION, "x of size " + size + ", condition " + condition);
            }
        }
    }

    @Test
    void needsOneIterationForEachDistinctEigenvalue() {
        DMatrixRMaj a = CommonOps_DDRM.diag(1, 1, 4, 4, 4, 9);
        double[] x = new double[6];
        ConjugateGradient.Result result =
                ConjugateGradient.solve(operator(a), Updates.gaussians(random, 6), 6, 1e-12, x);
        assertEquals(3, result.iterations());
    }

    @Test
    void residualNormsAreComputedForTheSolutionAfterEachIteration() {
        DMatrixRMaj a = positiveDefinite(20, 50);
        double[] b = Updates.gaussians(random, 20);
        double[] x = new double[20];
        double[] norms = ConjugateGradient.solve(operator(a), b, 8, 0, x).residualNorms();
        assertEquals(9, norms.length);
        assertEquals(Vectors.norm(b), norms[0]);
        for (int iterations = 1; iterations <= 8; iterations++) {
            ConjugateGradient.solve(operator(a), b, iterations, 0, x);
            double[] residual = Updates.moved(b, -1, Updates.times(operator(a), x));
            assertClose(Vectors.norm(residual), norms[iterations], SOLUTION, "|r| after " + iterations);
        }
    }

    @Test
    void quadraticFormIsComputedForTheSolutionEvenIfTheSolutionIsInexact() {
        DMatrixRMaj a = positiveDefinite(30, 1000);
        double[] b = Updates.gaussians(random, 30);
        double[] x = new double[30];
        for (int iterations = 1; iterations <= 40; iterations++) {
            double form =
                    ConjugateGradient.solve(operator(a), b, iterations, 0, x).quadraticForm();
            assertClose(Vectors.dot(x, Updates.times(operator(a), x)), form, SOLUTION, "x'A x after " + iterations);
        }
    }

    @Test
    void stopsAsSoonAsTheToleranceIsMet() {
        DMatrixRMaj a = positiveDefinite(40, 1000);
        double[] norms = ConjugateGradient.solve(operator(a), Updates.gaussians(random, 40), 200, 1e-3, new double[40])
                .residualNorms();
        assertTrue(norms.length > 3 && norms.length < 201, norms.length + " norms");
        assertTrue(norms[norms.length - 1] <= 1e-3 * norms[0]);
        assertTrue(norms[norms.length - 2] > 1e-3 * norms[0]);
    }

    @Test
    void startsFromZeroAndKeepsTheRightHandSide() {
        DMatrixRMaj a = positiveDefinite(10, 10);
        double[] b = Updates.gaussians(random, 10);
        double[] kept = b.clone();
        double[] dirty = Updates.gaussians(random, 10);
        double[] clean = new double[10];
        ConjugateGradient.solve(operator(a), b, 3, 0, dirty);
        ConjugateGradient.solve(operator(a), b, 3, 0, clean);
        assertArrayEquals(clean, dirty);
        assertArrayEquals(kept, b);
    }

    private static ConjugateGradient.Operator operator(DMatrixRMaj a) {
        return (v, out) -> {
            DMatrixRMaj product = new DMatrixRMaj(v.length, 1);
            CommonOps_DDRM.mult(a, Updates.column(v), product);
            System.arraycopy(product.data, 0, out, 0, out.length);
        };
    }

    /**
     * A randomly rotated diagonal matrix. Its eigenvalues go from 1 to {@code condition}, evenly on a logarithmic
     * scale. With size 1, the eigenvalue is {@code condition}.
     */
    private DMatrixRMaj positiveDefinite(int size, double condition) {
        DMatrixRMaj rotation = RandomMatrices_DDRM.orthogonal(size, size, random);
        DMatrixRMaj scaled = rotation.copy();
        for (int j = 0; j < size; j++) {
            double eigenvalue = Math.pow(condition, size == 1 ? 1 : (double) j / (size - 1));
            for (int i = 0; i < size; i++) {
                scaled.set(i, j, scaled.get(i, j) * eigenvalue);
            }
        }
        DMatrixRMaj a = new DMatrixRMaj(size, size);
        CommonOps_DDRM.multTransB(scaled, rotation, a);
        return a;
    }
}
