// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DIFFERENCE_STEP;
import static io.gymwire.testing.Tolerances.FINITE_DIFFERENCE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.junit.jupiter.api.Test;

final class MlpTest {
    private static final int ROWS = 9;

    private final Random random = new Random(3);
    private final Mlp network = new Mlp(3, 5, 4, 2);
    private final double[] theta = uniforms(network.parameterCount());
    private final DMatrixRMaj input = new DMatrixRMaj(ROWS, 3, true, uniforms(ROWS * 3));

    @Test
    void parametersAreOrderedByLayerWithWeightsBeforeBiases() {
        assertEquals(3, network.layers());
        assertEquals(0, network.weightOffset(1));
        assertEquals(15, network.biasOffset(1));
        assertEquals(20, network.weightOffset(2));
        assertEquals(40, network.biasOffset(2));
        assertEquals(44, network.weightOffset(3));
        assertEquals(52, network.biasOffset(3));
        assertEquals(54, network.parameterCount());
    }

    @Test
    void aNetworkWithoutHiddenLayersIsAffine() {
        Mlp affine = new Mlp(2, 2);
        Activations activations = affine.activations(new DMatrixRMaj(1, 2, true, 10, 100));
        affine.forward(new double[] {1, 2, 3, 4, 0.5, -0.5}, activations, 0, 1);
        assertArrayEquals(new double[] {310.5, 419.5}, activations.output().data);
    }

    @Test
    void theOutputOfARowDoesNotDependOnTheOtherRows() {
        Activations together = forward(theta);
        Activations alone = network.activations(input);
        for (int row = 0; row < ROWS; row++) {
            network.forward(theta, alone, row, row + 1);
        }
        assertArrayEquals(together.output().data, alone.output().data);
    }

    @Test
    void tangentIsTheDirectionalDerivative() {
        double[] v = uniforms(theta.length);
        double[] up = forward(moved(v, DIFFERENCE_STEP)).output().data;
        double[] down = forward(moved(v, -DIFFERENCE_STEP)).output().data;
        double[] expected = new double[up.length];
        for (int i = 0; i < up.length; i++) {
            expected[i] = (up[i] - down[i]) / (2 * DIFFERENCE_STEP);
        }
        assertClose(expected, tangent(v), FINITE_DIFFERENCE, "J v");
    }

    @Test
    void theMethodBackwardMultipliesByTheTransposeOfTheJacobian() {
        double[] v = uniforms(theta.length);
        double[] u = uniforms(ROWS * 2);
        assertClose(Vectors.dot(u, tangent(v)), Vectors.dot(backward(u), v), DERIVATIVE, "u' J v");
    }

    @Test
    void theMethodBackwardAddsItsResultToTheGradient() {
        double[] u = uniforms(ROWS * 2);
        double[] once = backward(u);
        double[] twice = once.clone();
        network.backward(transposed(), forward(theta), u, twice, 0, ROWS);
        for (int i = 0; i < once.length; i++) {
            assertEquals(2 * once[i], twice[i], DERIVATIVE);
        }
    }

    @Test
    void oneRowAtATimeGivesTheSameTangentAndGradientAsAllRows() {
        double[] v = uniforms(theta.length);
        double[] u = uniforms(ROWS * 2);
        double[] whole = tangent(v);
        double[] sum = new double[theta.length];
        for (int row = 0; row < ROWS; row++) {
            double[] part = new double[2];
            network.tangent(theta, v, forward(theta), part, row, row + 1);
            assertEquals(whole[2 * row], part[0]);
            assertEquals(whole[2 * row + 1], part[1]);
            double[] rowGradient = {u[2 * row], u[2 * row + 1]};
            network.backward(transposed(), forward(theta), rowGradient, sum, row, row + 1);
        }
        assertClose(backward(u), sum, DERIVATIVE, "gradient");
    }

    @Test
    void theMethodSubstituteInputScalesAndShiftsTheInputOfTheNetwork() {
        double[] scale = {3, 0, -0.5};
        double[] offset = {1, -2, 0.25};
        double[] substituted = theta.clone();
        network.substituteInput(substituted, scale, offset);
        DMatrixRMaj instead = new DMatrixRMaj(ROWS, 3);
        DMatrixRMaj input = forward(theta).input();
        for (int row = 0; row < ROWS; row++) {
            for (int j = 0; j < 3; j++) {
                // input = scale * instead + offset. Where the scale is 0 (j = 1), the input is the offset, and
                // `instead` can be any number, here 7.
                instead.set(row, j, scale[j] == 0 ? 7 : (input.get(row, j) - offset[j]) / scale[j]);
            }
        }
        Activations activations = network.activations(instead);
        network.forward(substituted, activations, 0, ROWS);
        for (int row = 0; row < ROWS; row++) {
            // By the formula above, column 1 of the input must be offset[1].
            input.set(row, 1, offset[1]);
        }
        double[] expected = forward(theta).output().data.clone();
        assertClose(expected, activations.output().data, DERIVATIVE, "output");
    }

    @Test
    void thePartsOfAnUpdateCoverEachParameterOnce() {
        // With 64 parts, some parts update nothing, because all layers together have only 12 inputs.
        for (int parts : new int[] {1, 2, 3, 64}) {
            updateInParts(parts);
        }
    }

    private void updateInParts(int parts) {
        double[] transposed = transposed();
        double[] updated = theta.clone();
        int[] times = new int[theta.length];
        for (int part = parts - 1; part >= 0; part--) {
            network.updatePart(part, parts, updated, transposed, (from, to) -> {
                assertTrue(from < to);
                for (int i = from; i < to; i++) {
                    updated[i] = -2 * theta[i];
                    times[i]++;
                }
            });
            assertTrue(parts > 3 || part == 0 || Arrays.stream(times).sum() < theta.length, "part 0 updates nothing");
        }
        assertTrue(Arrays.stream(times).allMatch(count -> count == 1), Arrays.toString(times));
        double[] expected = new double[theta.length];
        network.transposeWeights(updated, expected);
        assertArrayEquals(expected, transposed);
    }

    @Test
    void rescalingChangesEveryOutputEqually() {
        double[] rescaled = theta.clone();
        network.rescaleOutput(rescaled, 3, -0.5);
        double[] before = forward(theta).output().data.clone();
        double[] after = forward(rescaled).output().data;
        for (int i = 0; i < before.length; i++) {
            assertEquals(3 * before[i] - 0.5, after[i], DERIVATIVE);
        }
    }

    @Test
    void hiddenLayersLieBetweenInputAndOutput() {
        assertArrayEquals(
                new int[] {3, 5, 4, 2}, Mlp.withHidden(3, new int[] {5, 4}, 2).sizes());
        assertArrayEquals(new int[] {3, 2}, Mlp.withHidden(3, new int[0], 2).sizes());
    }

    @Test
    void initialBiasesAreZeroAndInitialWeightsAreOrthogonalMatricesTimesTheGain() {
        for (int[] sizes : new int[][] {{3, 64, 64, 2}, {17, 8, 30, 1}, {1, 1}}) {
            Mlp shape = new Mlp(sizes);
            double[] initial = uniforms(shape.parameterCount() + 1);
            double following = initial[shape.parameterCount()];
            shape.initialize(new RandomStream(4, RandomStream.Role.POLICY_INIT, 0), 0.01, initial);
            for (int layer = 1; layer <= shape.layers(); layer++) {
                double gain = layer == shape.layers() ? 0.01 : Math.sqrt(2);
                assertOrthogonal(shape, initial, layer, gain);
                for (int j = 0; j < sizes[layer]; j++) {
                    assertEquals(0, initial[shape.biasOffset(layer) + j]);
                }
            }
            assertEquals(following, initial[shape.parameterCount()], "the number after the network's parameters");
        }
    }

    @Test
    void refusesInvalidShapes() {
        String zero = assertThrows(IllegalArgumentException.class, () -> new Mlp(4, 0, 2))
                .getMessage();
        assertTrue(zero.contains("[4, 0, 2]"), zero);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Mlp(4))
                .getMessage()
                .contains("[4]"));
        String large = assertThrows(IllegalArgumentException.class, () -> new Mlp(4, 46_341, 46_341, 2))
                .getMessage();
        assertTrue(large.contains("[4, 46341, 46341, 2] would have 2,147,859,011 parameters"), large);
        String message = assertThrows(IllegalArgumentException.class, () -> network.activations(new DMatrixRMaj(2, 7)))
                .getMessage();
        assertTrue(message.contains("7") && message.contains("3"), message);
    }

    private static void assertOrthogonal(Mlp shape, double[] theta, int layer, double gain) {
        int rows = shape.sizes()[layer - 1];
        int cols = shape.sizes()[layer];
        DMatrixRMaj w = new DMatrixRMaj(rows, cols);
        System.arraycopy(theta, shape.weightOffset(layer), w.data, 0, rows * cols);
        DMatrixRMaj product = new DMatrixRMaj(Math.min(rows, cols), Math.min(rows, cols));
        if (rows >= cols) {
            CommonOps_DDRM.multTransA(w, w, product);
        } else {
            CommonOps_DDRM.multTransB(w, w, product);
        }
        CommonOps_DDRM.scale(1 / (gain * gain), product);
        assertTrue(MatrixFeatures_DDRM.isIdentity(product, 1e-12), "layer " + layer);
    }

    private double[] transposed() {
        double[] transposed = new double[theta.length];
        network.transposeWeights(theta, transposed);
        return transposed;
    }

    private Activations forward(double[] parameters) {
        Activations activations = network.activations(input);
        network.forward(parameters, activations, 0, ROWS);
        return activations;
    }

    private double[] tangent(double[] v) {
        double[] out = new double[ROWS * 2];
        network.tangent(theta, v, forward(theta), out, 0, ROWS);
        return out;
    }

    private double[] backward(double[] u) {
        double[] gradient = new double[theta.length];
        network.backward(transposed(), forward(theta), u, gradient, 0, ROWS);
        return gradient;
    }

    private double[] moved(double[] v, double h) {
        double[] moved = theta.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += h * v[i];
        }
        return moved;
    }

    private double[] uniforms(int length) {
        return random.doubles(length, -1, 1).toArray();
    }
}
