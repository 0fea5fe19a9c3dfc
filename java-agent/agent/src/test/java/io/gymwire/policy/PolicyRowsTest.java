// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.distribution.Gaussian;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A policy's distribution computes the same numbers for a row in three cases: the row is alone, in a whole batch, or in
 * a range of the batch.
 */
final class PolicyRowsTest {
    private static final int ROWS = 300;
    private static final int OUTPUTS = 3;
    /**
     * The bounds of consecutive ranges of rows: each range ends where the next range begins. Two ranges have only one
     * row. The last range has more rows than a block (RowChunks.BLOCK_ROWS).
     */
    private static final int[] ENDS = {0, 1, 128, 131, 132, ROWS};

    private static final double UNTOUCHED = -77;

    static Stream<Policy> policies() {
        return Stream.of(
                new Policy(new Mlp(2, OUTPUTS), new Categorical(OUTPUTS)),
                new Policy(new Mlp(2, OUTPUTS), new Gaussian(OUTPUTS, -0.5)),
                new Policy(new Mlp(2, OUTPUTS), new Gaussian(new boolean[] {true, false, true}, -0.5, 0)));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void probabilityAndEntropyAndDivergenceOfARowDoNotDependOnTheOtherRows(Policy policy) {
        Rows rows = new Rows(policy);
        double[][] together = rows.numbers(0, ROWS);
        for (int row = 0; row < ROWS; row++) {
            double[][] among = rows.numbers(row, row + 1);
            double[][] alone = rows.only(row).numbers(0, 1);
            for (int i = 0; i < alone.length; i++) {
                assertArrayEquals(
                        new double[] {alone[i][0], alone[i][0]},
                        new double[] {together[i][row], among[i][row]},
                        "number " + i + " of row " + row);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theGradientOfARangeIsTheSumOfTheGradientsOfItsRows(Policy policy) {
        Rows rows = new Rows(policy);
        for (int i = 1; i < ENDS.length; i++) {
            int from = ENDS[i - 1];
            int to = ENDS[i];
            double[] byTheta = new double[policy.parameterCount()];
            double[] byOutputs = rows.gradient(from, to, byTheta);
            double[] sum = new double[policy.parameterCount()];
            for (int row = from; row < to; row++) {
                assertArrayEquals(rows.only(row).gradient(0, 1, sum), part(byOutputs, row - from), "row " + row);
            }
            assertArrayEquals(sum, byTheta, DISTRIBUTION * (to - from), "rows " + from + " to " + to);
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theFisherProductOfARowDoesNotDependOnTheOtherRows(Policy policy) {
        Rows rows = new Rows(policy);
        for (int i = 1; i < ENDS.length; i++) {
            double[] range = rows.fisherProducts(ENDS[i - 1], ENDS[i]);
            for (int row = ENDS[i - 1]; row < ENDS[i]; row++) {
                assertArrayEquals(rows.only(row).fisherProducts(0, 1), part(range, row - ENDS[i - 1]), "row " + row);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void anActionIsWrittenOnlyIntoTheRequestedRow(Policy policy) {
        Rows rows = new Rows(policy);
        for (boolean mode : new boolean[] {true, false}) {
            for (int row : new int[] {0, 1, 2, 150, ROWS - 1}) {
                for (int actionRow = 0; actionRow < 3; actionRow++) {
                    int size = policy.distribution().actionSize();
                    double[] alone = rows.only(row).act(mode, 0, new DMatrixRMaj(1, size), 0);
                    DMatrixRMaj actions = new DMatrixRMaj(3, size);
                    Arrays.fill(actions.data, UNTOUCHED);
                    double[] expected = actions.data.clone();
                    System.arraycopy(alone, 0, expected, actionRow * alone.length, alone.length);
                    assertArrayEquals(expected, rows.act(mode, row, actions, actionRow), "row " + row);
                }
            }
        }
    }

    private static double[] part(double[] outputs, int row) {
        return Arrays.copyOfRange(outputs, row * OUTPUTS, (row + 1) * OUTPUTS);
    }

    /** A batch, and the numbers that a policy's distribution computes for the batch. */
    private static final class Rows {
        private final Policy policy;
        private final double[] theta;
        private final double[] newTheta;
        private final DMatrixRMaj outputs;
        private final DMatrixRMaj newOutputs;
        private final DMatrixRMaj actions;
        private final DMatrixRMaj tangents;
        private final double[] weights;

        private Rows(Policy policy) {
            Random random = new Random(12);
            this.policy = policy;
            this.theta = random.doubles(policy.parameterCount(), -1, 1).toArray();
            this.newTheta = random.doubles(policy.parameterCount(), -1, 1).toArray();
            this.outputs = matrix(random, OUTPUTS, 2);
            this.newOutputs = matrix(random, OUTPUTS, 2);
            this.actions = matrix(random, policy.distribution().actionSize(), 2);
            if (policy.distribution().actionSize() == 1) {
                Arrays.setAll(actions.data, i -> random.nextInt(OUTPUTS));
            }
            this.tangents = matrix(random, OUTPUTS, 1);
            this.weights = random.doubles(ROWS, -1, 1).toArray();
        }

        private Rows(Rows all, int row) {
            this.policy = all.policy;
            this.theta = all.theta;
            this.newTheta = all.newTheta;
            this.outputs = row(all.outputs, row);
            this.newOutputs = row(all.newOutputs, row);
            this.actions = row(all.actions, row);
            this.tangents = row(all.tangents, row);
            this.weights = new double[] {all.weights[row]};
        }

        private Rows only(int row) {
            return new Rows(this, row);
        }

        /** Log probabilities, entropies and divergences. */
        private double[][] numbers(int from, int to) {
            double[][] numbers = new double[3][outputs.numRows];
            distribution().logProbability(inputs(), actions, numbers[0], from, to);
            distribution().entropy(inputs(), numbers[1], from, to);
            distribution().divergence(inputs(), inputs(newTheta, newOutputs), numbers[2], from, to);
            return numbers;
        }

        private double[] gradient(int from, int to, double[] byTheta) {
            double[] byOutputs = new double[(to - from) * OUTPUTS];
            Distribution.Objective objective = new Distribution.Objective(actions, weights, 0.3);
            distribution().gradient(inputs(), objective, byOutputs, byTheta, from, to);
            return byOutputs;
        }

        private double[] fisherProducts(int from, int to) {
            double[] fisherWeights = new double[outputs.numRows * OUTPUTS];
            distribution().fisher(inputs(), fisherWeights, from, to);
            double[] products = Arrays.copyOfRange(tangents.data, from * OUTPUTS, to * OUTPUTS);
            distribution().multiplyFisher(inputs(), fisherWeights, products, 0.7, from, to);
            return products;
        }

        private double[] act(boolean mode, int row, DMatrixRMaj action, int actionRow) {
            if (mode) {
                distribution().mode(inputs(), row, action, actionRow);
            } else {
                RandomStream stream = new RandomStream(3, RandomStream.Role.ACTION, 0);
                distribution().sample(inputs(), row, stream, 5, action, actionRow);
            }
            return action.data;
        }

        private Distribution distribution() {
            return policy.distribution();
        }

        private DistributionInputs inputs() {
            return inputs(theta, outputs);
        }

        private DistributionInputs inputs(double[] parameters, DMatrixRMaj networkOutputs) {
            return new DistributionInputs(parameters, policy.network().parameterCount(), networkOutputs);
        }

        private static DMatrixRMaj matrix(Random random, int columns, double bound) {
            return new DMatrixRMaj(
                    ROWS,
                    columns,
                    true,
                    random.doubles(ROWS * columns, -bound, bound).toArray());
        }

        private static DMatrixRMaj row(DMatrixRMaj matrix, int row) {
            int columns = matrix.numCols;
            return new DMatrixRMaj(
                    1, columns, true, Arrays.copyOfRange(matrix.data, row * columns, (row + 1) * columns));
        }
    }
}
