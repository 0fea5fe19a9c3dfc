// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Gaussian;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import java.util.Random;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class InitialWeightsTest {
    private static final RandomStream STREAM = new RandomStream(5, RandomStream.Role.POLICY_INIT, 0);

    /**
     * The initial weights are the factor Q of a QR decomposition. A matrix of normal draws has several QR
     * decompositions. If the diagonal of R is positive, Q is uniformly distributed over the matrices with orthonormal
     * columns. Householder reflections without a correction of the signs would make the first weight negative in every
     * network.
     */
    @Test
    void initialWeightsAreQOfTheQrDecompositionWithAPositiveDiagonalInR() {
        for (int[] shape : new int[][] {{6, 4}, {4, 4}, {3, 5}, {1, 1}, {7, 1}, {1, 3}}) {
            DMatrixRMaj q = firstWeights(shape[0], shape[1]);
            DMatrixRMaj drawn = new DMatrixRMaj(q.numRows, q.numCols);
            for (int i = 0; i < drawn.data.length; i++) {
                drawn.data[i] = STREAM.gaussian(i);
            }
            DMatrixRMaj r = new DMatrixRMaj(q.numCols, q.numCols);
            CommonOps_DDRM.multTransA(q, drawn, r);
            for (int i = 0; i < r.numRows; i++) {
                assertTrue(r.get(i, i) > 0.01, "diagonal element " + i + " is " + r.get(i, i));
                for (int j = 0; j < i; j++) {
                    assertEquals(0, r.get(i, j), 1e-12, "below the diagonal");
                }
            }
        }
    }

    static Stream<Policy> policies() {
        return Stream.of(
                new Policy(new Mlp(4, 8, 3), new Categorical(3)), new Policy(new Mlp(4, 8, 3), new Gaussian(3, -0.5)));
    }

    /** Zeros in the last layer make all outputs 0. With zeros in all layers, the hidden layers would never learn. */
    @ParameterizedTest
    @MethodSource("policies")
    void everyPolicyStartsWithAHiddenLayerOfGainSqrtTwoAndALastLayerOfZeros(Policy policy) {
        double[] theta = new Random(1).doubles(policy.parameterCount(), -9, 9).toArray();
        policy.initialize(STREAM, theta);
        Mlp network = (Mlp) policy.network();
        assertEquals(Math.sqrt(2 * 4), norm(theta, network.weightOffset(1), 4 * 8), 1e-12);
        assertEquals(0, norm(theta, network.biasOffset(1), 8));
        assertEquals(0, norm(theta, network.weightOffset(2), 8 * 3));
        assertEquals(0, norm(theta, network.biasOffset(2), 3));
    }

    @Test
    void anInitialLogStdMayBeAtItsBounds() {
        for (double bound : new double[] {Gaussian.MIN_LOG_STD, Gaussian.MAX_LOG_STD}) {
            Policy policy = new Policy(new Mlp(1, 1), new Gaussian(1, bound));
            double[] theta = new double[policy.parameterCount()];
            policy.initialize(STREAM, theta);
            assertEquals(bound, theta[policy.network().parameterCount()]);
        }
    }

    /** The weights of a network with one layer and gain 1, transposed if the layer has more outputs than inputs. */
    private static DMatrixRMaj firstWeights(int inputs, int outputs) {
        Mlp network = new Mlp(inputs, outputs);
        double[] theta = new double[network.parameterCount()];
        network.initialize(STREAM, 1, theta);
        DMatrixRMaj weights = new DMatrixRMaj(inputs, outputs);
        System.arraycopy(theta, 0, weights.data, 0, weights.data.length);
        return inputs >= outputs ? weights : CommonOps_DDRM.transpose(weights, null);
    }

    private static double norm(double[] values, int from, int length) {
        double sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += values[i] * values[i];
        }
        return Math.sqrt(sum);
    }
}
