// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Gaussian;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.UpdateSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PpoUpdateTest {

    private static final String CATEGORICAL = "ppo_categorical";

    /** With 420 samples in minibatches of 290, some minibatches have two chunks, on which two threads can work. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void theNumberOfThreadsDoesNotMatter(int threads) throws Exception {
        GoldenUpdate golden = GoldenUpdate.named("ppo_gaussian_penalty");
        double[] here = golden.input("theta");
        new PpoUpdate(golden.policy(), PpoUpdates.config(golden))
                .update(here, PpoUpdates.batch(golden, 0), 1, PpoUpdates.order(0));
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            double[] there = pool.submit(() -> {
                        double[] theta = golden.input("theta");
                        new PpoUpdate(golden.policy(), PpoUpdates.config(golden))
                                .update(theta, PpoUpdates.batch(golden, 0), 1, PpoUpdates.order(0));
                        return theta;
                    })
                    .get();
            assertArrayEquals(here, there);
        } finally {
            pool.shutdown();
        }
        assertFalse(Arrays.equals(golden.input("theta"), here), "nothing was updated");
    }

    @ParameterizedTest
    @MethodSource("io.gymwire.update.ppo.PpoUpdates#cases")
    void anObjectWithACopiedStateContinuesLikeTheOriginal(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        PpoUpdate first = new PpoUpdate(golden.policy(), PpoUpdates.config(golden));
        double[] theta = golden.input("theta");
        first.update(theta, PpoUpdates.batch(golden, 0), 1, PpoUpdates.order(0));
        PpoUpdate second = new PpoUpdate(golden.policy(), PpoUpdates.config(golden));
        first.state()
                .forEach((part, numbers) ->
                        System.arraycopy(numbers, 0, second.state().get(part), 0, numbers.length));
        PpoUpdate fresh = new PpoUpdate(golden.policy(), PpoUpdates.config(golden));
        double[] same = theta.clone();
        double[] other = theta.clone();
        first.update(theta, PpoUpdates.batch(golden, 1), 1, PpoUpdates.order(1));
        second.update(same, PpoUpdates.batch(golden, 1), 1, PpoUpdates.order(1));
        fresh.update(other, PpoUpdates.batch(golden, 1), 1, PpoUpdates.order(1));
        assertArrayEquals(theta, same);
        first.state()
                .forEach((part, numbers) ->
                        assertArrayEquals(numbers, second.state().get(part), part));
        assertFalse(Arrays.equals(theta, other), "the state makes no difference");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -3.7, 1e200})
    void constantAdvantagesChangeNothing(double constant) {
        double[] advantages = new double[50];
        Arrays.fill(advantages, constant);
        assertUnchanged(advantages, "all advantages are equal");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void anAdvantageThatIsNotFiniteChangesNothing(double bad) {
        double[] advantages = GoldenUpdate.named(CATEGORICAL).input("update_0_advantages");
        advantages[40] = bad;
        assertUnchanged(advantages, "an advantage is not finite");
    }

    /**
     * In the first pass, row 49 is in the first minibatch. The rows 0, 10, 20, 30 and 40 are in later minibatches, so
     * the update must undo its first steps.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 10, 20, 30, 40, 49})
    void anObservationThatIsNotANumberChangesNothing(int row) {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        DMatrixRMaj observations = golden.observations();
        observations.set(row, 0, Double.NaN);
        double[] theta = golden.input("theta");
        Batch batch = Batch.onPolicy(observations, golden.actions(), golden.input("update_0_advantages"));
        PpoUpdate update = new PpoUpdate(golden.policy(), PpoUpdates.config(golden));
        List<double[]> state =
                update.state().values().stream().map(double[]::clone).toList();
        PpoReport report = update.update(theta, batch, 1, PpoUpdates.order(0));
        assertEquals(
                "the gradient of a minibatch is not finite", report.remark().orElseThrow());
        assertArrayEquals(golden.input("theta"), theta);
        assertArrayEquals(state.toArray(), update.state().values().toArray());
    }

    @Test
    void anEntropyBonusAloneRaisesTheEntropy() {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        PpoReport report = new PpoUpdate(golden.policy(), PpoUpdates.config(golden))
                .update(
                        golden.input("theta"),
                        Batch.onPolicy(golden.observations(), golden.actions(), new double[50]),
                        1,
                        PpoUpdates.order(0));
        assertTrue(report.remark().isEmpty());
        assertTrue(report.after().entropy() > report.before().entropy(), report.toString());
    }

    @Test
    void annealingShrinksTheStepSize() {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        MetricValues values = new MetricValues(List.of(PpoMetrics.GROUP));
        new PpoUpdate(golden.policy(), PpoUpdates.config(golden))
                .update(golden.input("theta"), PpoUpdates.batch(golden, 0), 0.25, PpoUpdates.order(0))
                .measure(values);
        assertEquals(0.0025, values.get(PpoMetrics.LEARNING_RATE));
    }

    /** The advantages favour a smaller standard deviation than the bound allows. */
    @Test
    void logStdStaysAtItsBound() {
        Policy policy = new Policy(new Mlp(1, 1), new Gaussian(1, Gaussian.MIN_LOG_STD));
        double[] theta = {0, 0, Gaussian.MIN_LOG_STD};
        int rows = 256;
        DMatrixRMaj actions = new DMatrixRMaj(rows, 1);
        double[] advantages = new double[rows];
        for (int i = 0; i < rows; i++) {
            double z = (i - rows / 2) * 4.0 / rows;
            actions.data[i] = Math.exp(Gaussian.MIN_LOG_STD) * z;
            advantages[i] = -z * z + 0.3 * z;
        }
        new PpoUpdate(policy, Settings.DEFAULTS)
                .update(theta, Batch.onPolicy(new DMatrixRMaj(rows, 1), actions, advantages), 1, PpoUpdates.order(0));
        assertEquals(Gaussian.MIN_LOG_STD, theta[2]);
        assertTrue(theta[1] > 0, "mean " + theta[1]);
    }

    private static void assertUnchanged(double[] advantages, String why) {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        double[] theta = golden.input("theta");
        PpoUpdate update =
                new PpoUpdate(golden.policy(), PpoUpdates.config(golden).with(UpdateSettings.ENTROPY, 0.0));
        PpoReport report = update.update(
                theta, Batch.onPolicy(golden.observations(), golden.actions(), advantages), 1, PpoUpdates.order(0));
        assertEquals(why, report.remark().orElseThrow());
        assertArrayEquals(golden.input("theta"), theta);
        MetricValues values = new MetricValues(List.of(PpoMetrics.GROUP));
        report.measure(values);
        assertEquals(0, values.get(PpoMetrics.KL_DIVERGENCE));
        assertEquals(0, values.get(PpoMetrics.EPOCHS));
        assertEquals(0, update.state().get("adam.steps")[0]);
    }
}
