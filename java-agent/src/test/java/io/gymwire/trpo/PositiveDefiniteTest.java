// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PositiveDefiniteTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 31, 32, 33, 64, 65, 100, 349})
    void invertsAsEjmlDoes(int size) {
        Random random = new Random(size);
        DMatrixRMaj root = RandomMatrices_DDRM.rectangle(size, size, -1, 1, random);
        DMatrixRMaj a = new DMatrixRMaj(size, size);
        CommonOps_DDRM.multTransB(root, root, a);
        for (int i = 0; i < size; i++) {
            a.add(i, i, 0.1);
        }
        DMatrixRMaj expected = new DMatrixRMaj(size, size);
        CommonOps_DDRM.invert(a, expected);
        PositiveDefinite.invert(a);
        assertClose(expected.data, a.data, SOLUTION, "inverse of size " + size);
    }
}
