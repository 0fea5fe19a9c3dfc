// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Mlp;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValueFunctionTest {
    private static final int ROWS = 200;

    private final Random random = new Random(8);
    private final DMatrixRMaj observations =
            new DMatrixRMaj(ROWS, 3, true, random.doubles(3 * ROWS, -1, 1).toArray());
    private final ValueFunction critic = critic();

    @Test
    void fittingLearnsTheReturns() {
        double[] returns = returns(1, 0);
        double first = fit(critic, observations, returns, 1, 32, 0);
        double last = fit(critic, observations, returns, 100, 32, 1);
        assertTrue(last < 0.01 * Vectors.variance(returns), "mean squared error " + last);
        assertTrue(last < 0.05 * first, "the error fell only from " + first + " to " + last);
        assertEquals(
                last,
                error(returns),
                0.3 * last,
                "the reported error is the mean over the last pass, so it is near the error of the final predictions");
    }

    @Test
    void fittingDoesNotDependOnShiftAndScaleOfTheReturns() {
        double[] small = returns(1, 0);
        double smallError = fit(critic, observations, small, 20, 32, 0) / Vectors.variance(small);
        ValueFunction other = critic();
        double[] huge = returns(1e8, 3e8);
        double hugeError = fit(other, observations, huge, 20, 32, 0) / Vectors.variance(huge);
        assertEquals(smallError, hugeError, 1e-6 * smallError);
        assertEquals(3e8 + 1e8 * Vectors.mean(small), other.shift(), 1);
    }

    @Test
    void constantReturnsAreLearnt() {
        for (double constant : new double[] {0, 5, -1e8}) {
            ValueFunction fresh = critic();
            double[] returns = new double[ROWS];
            Arrays.fill(returns, constant);
            fit(fresh, observations, returns, 50, 32, 0);
            double[] values = new double[ROWS];
            fresh.predict(observations, values);
            for (double value : values) {
                assertEquals(constant, value, 0.1, "return " + constant);
            }
        }
    }

    @Test
    void returnsWithAnInfiniteVarianceAreRefused() {
        double[] returns = returns(1, 0);
        returns[3] = -1e160;
        String message = assertThrows(IllegalStateException.class, () -> fit(critic, observations, returns, 1, 32, 0))
                .getMessage();
        assertTrue(message.startsWith("returns up to 1.0E160 are too large"), message);
    }

    @Test
    void varyingReturnsAreLearntAfterConstantReturns() {
        fit(critic, observations, new double[ROWS], 20, 32, 0);
        double[] returns = returns(1, 0);
        fit(critic, observations, returns, 100, 32, 1);
        assertTrue(error(returns) < 0.02 * Vectors.variance(returns), "error " + error(returns));
    }

    @Test
    void aChangeOfShiftAndScaleDoesNotChangeThePredictions() {
        fit(critic, observations, returns(1, 0), 10, 32, 0);
        double[] before = new double[ROWS];
        critic.predict(observations, before);
        double scale = critic.scale();
        fit(critic, observations, returns(1000, -5000), 0, 32, 1);
        double[] after = new double[ROWS];
        critic.predict(observations, after);
        assertTrue(critic.scale() > 100 * scale, "scale " + critic.scale());
        assertArrayEquals(before, after, 1e-9);
    }

    @Test
    void shiftAndScaleAreMeanAndStandardDeviationOfAllReturns() {
        double[] first = returns(1, 0);
        double[] second = returns(10, 4);
        fit(critic, observations, first, 1, 64, 0);
        fit(critic, observations, second, 1, 64, 1);
        double[] all = Arrays.copyOf(first, 2 * ROWS);
        System.arraycopy(second, 0, all, ROWS, ROWS);
        assertEquals(Vectors.mean(all), critic.shift(), 1e-12);
        assertEquals(Math.sqrt(Vectors.variance(all)), critic.scale(), 1e-12);
    }

    @Test
    void theSameStreamGivesTheSameBitsAndAnotherStreamGivesOtherBits() {
        double[] returns = returns(1, 0);
        fit(critic, observations, returns, 3, 32, 0);
        ValueFunction again = critic();
        fit(again, observations, returns, 3, 32, 0);
        assertArrayEquals(critic.theta(), again.theta());
        ValueFunction other = critic();
        fit(other, observations, returns, 3, 32, 1);
        assertNotEquals(critic.theta()[0], other.theta()[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 64})
    void aFitHasTheSameBitsOnAnyNumberOfThreads(int count) throws Exception {
        int rows = 3000;
        DMatrixRMaj many =
                new DMatrixRMaj(rows, 3, true, random.doubles(3 * rows, -1, 1).toArray());
        double[] returns = random.doubles(rows).toArray();
        // A minibatch of 2100 rows has 64 chunks. The last minibatch of a pass has 900 rows and fewer chunks.
        assertEquals(64, CriticFit.chunks(critic(100).network(), 2100));
        CriticFit.Passes alone = new CriticFit.Passes(10, 2100, order(0));
        ValueFunction wide = critic(100);
        double loss = wide.fitting(many, returns, alone).run();
        ValueFunction again = critic(100);
        CriticFit fit = again.fitting(many, returns, new CriticFit.Passes(10, 2100, order(0)));
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            Future<Double> owner = threads.submit(fit::run);
            for (int helper = 1; helper < count; helper++) {
                threads.submit(fit::help);
            }
            assertEquals(loss, owner.get());
        } finally {
            threads.shutdown();
        }
        assertArrayEquals(wide.theta(), again.theta());
    }

    @Test
    void aMinibatchLargerThanTheBatchIsTheWholeBatch() {
        fit(critic, observations, returns(1, 0), 4, 10 * ROWS, 0);
        assertEquals(4, critic.adam().steps());
        ValueFunction other = critic();
        fit(other, observations, returns(1, 0), 4, 64, 0);
        assertEquals(16, other.adam().steps(), "3 minibatches of 64 and one of 8, 4 times");
    }

    private static ValueFunction critic() {
        return critic(32);
    }

    private static ValueFunction critic(int width) {
        return new ValueFunction(
                new Mlp(3, width, width, 1),
                Settings.DEFAULTS.with(CriticSettings.LEARNING_RATE, 3e-3),
                new RandomStream(1, RandomStream.Role.VALUE_INIT, 0));
    }

    private static RandomStream order(long iteration) {
        return new RandomStream(1, RandomStream.Role.MINIBATCH, iteration);
    }

    /** Makes returns that a small network can express: shift + scale * (a smooth function of the observation). */
    private double[] returns(double scale, double shift) {
        double[] returns = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            returns[row] = shift
                    + scale
                            * (Math.sin(2 * observations.get(row, 0))
                                    + observations.get(row, 1) * observations.get(row, 2));
        }
        return returns;
    }

    private double error(double[] returns) {
        double[] values = new double[ROWS];
        critic.predict(observations, values);
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += (values[row] - returns[row]) * (values[row] - returns[row]);
        }
        return sum / ROWS;
    }

    private static double fit(
            ValueFunction critic, DMatrixRMaj observations, double[] returns, int epochs, int minibatch, int order) {
        return critic.fitting(observations, returns, new CriticFit.Passes(epochs, minibatch, order(order)))
                .run();
    }
}
