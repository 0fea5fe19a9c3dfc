// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static io.gymwire.testing.Tolerances.SOLUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Gaussian;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.natural.UpdateReport.Outcome;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrpoUpdateTest {
    private static final String CATEGORICAL = "categorical_3_16_5";
    private static final String GAUSSIAN = "gaussian_17_64_64_6";

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void staysWithinTheTrustRegionAndImproves(String name) {
        for (double delta : new double[] {1e-4, 0.01, 0.1}) {
            UpdateReport report = update(name, Updates.config(delta, 0.1, 0));
            assertEquals(Outcome.IMPROVED, report.outcome());
            assertTrue(report.divergence() <= delta && report.divergence() > 0.2 * delta, report.toString());
            assertTrue(report.actualGain() >= 0.1 * report.expectedGain(), report.toString());
            assertTrue(report.actualGain() > 0, report.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void aDeltaAnnealedToAValueGivesTheSameStepAsADeltaSetToThatValue(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] thetaOfNarrow = golden.input("theta");
        double[] thetaOfWide = golden.input("theta");
        TrpoUpdate narrow = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0));
        TrpoUpdate wide = new TrpoUpdate(golden.policy(), Updates.config(0.3, 0.1, 0));
        UpdateReport expected = narrow.update(thetaOfNarrow, Updates.batch(golden, golden.input("advantages")));
        UpdateReport report = wide.update(thetaOfWide, Updates.batch(golden, golden.input("advantages")), 0.01 / 0.3);
        assertEquals(Outcome.IMPROVED, report.outcome());
        assertEquals(expected.divergence(), report.divergence());
        assertArrayEquals(thetaOfNarrow, thetaOfWide);
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void theGradientAndTheFisherMatrixPredictTheGainAndTheDivergenceOfATinyStep(String name) {
        UpdateReport report = update(
                name,
                Settings.DEFAULTS
                        .with(TrustRegionSettings.DELTA, 1e-9)
                        .with(TrustRegionSettings.CG_ITERATIONS, 30)
                        .with(TrustRegionSettings.CG_TOLERANCE, 1e-10)
                        .with(TrustRegionSettings.CG_DAMPING, 1e-6)
                        .with(TrustRegionSettings.LINE_SEARCH_STEPS, 1)
                        .with(TrustRegionSettings.LINE_SEARCH_SHRINK, 0.5)
                        .with(TrustRegionSettings.ACCEPT_RATIO, 0.0));
        assertEquals(Outcome.IMPROVED, report.outcome());
        assertClose(report.expectedGain(), report.actualGain(), 1e-2, "gain");
        assertClose(1e-9, report.divergence(), 1e-2, "KL");
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, "gaussian_entropy_5_7_3_2"})
    void aLineSearchThatCannotSucceedChangesNoBitOfThePolicy(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        Settings impossible = Settings.DEFAULTS
                .with(TrustRegionSettings.DELTA, 0.5)
                .with(TrustRegionSettings.CG_ITERATIONS, 10)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-10)
                .with(TrustRegionSettings.CG_DAMPING, 0.01)
                .with(TrustRegionSettings.LINE_SEARCH_STEPS, 1)
                .with(TrustRegionSettings.LINE_SEARCH_SHRINK, 0.5)
                .with(TrustRegionSettings.ACCEPT_RATIO, 0.999999);
        UpdateReport report = new TrpoUpdate(golden.policy(), impossible)
                .update(theta, Updates.batch(golden, golden.input("advantages")));
        assertEquals(Outcome.LINE_SEARCH_FAILED, report.outcome());
        assertArrayEquals(golden.input("theta"), theta);
        assertEquals(1, report.backtracks());
        assertEquals(report.surrogateBefore(), report.surrogateAfter());
        assertEquals(0, report.divergence(), 0);
        assertEquals(0, report.stepNorm());
        assertTrue(report.expectedGain() > 0 && report.lagrangeMultiplier() > 0);
        assertEquals(0, report.stepScale());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -3.7, 1e200, 1e-300})
    void constantAdvantagesChangeNothing(double constant) {
        double[] advantages = new double[64];
        Arrays.fill(advantages, constant);
        UpdateReport report = assertUnchanged(Outcome.CONSTANT_ADVANTAGES, advantages);
        assertEquals(0, report.cgResiduals().length);
        assertTrue(Double.isNaN(report.relativeResidual()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void anAdvantageThatIsNotFiniteChangesNothing(double bad) {
        double[] advantages = GoldenUpdate.named(CATEGORICAL).input("advantages");
        advantages[40] = bad;
        assertUnchanged(Outcome.NOT_FINITE, advantages);
    }

    @Test
    void anObservationThatIsNotANumberChangesNothing() {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        DMatrixRMaj observations = golden.observations();
        observations.data[5] = Double.NaN;
        double[] advantages = golden.input("advantages");
        double[] theta = golden.input("theta");
        UpdateReport report = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0))
                .update(theta, Batch.onPolicy(observations, golden.actions(), advantages));
        assertEquals(Outcome.NOT_FINITE, report.outcome());
        assertArrayEquals(golden.input("theta"), theta);
    }

    @Test
    void aPolicyWithOnlyOneActionHasAZeroGradient() {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        Policy policy = new Policy(new Mlp(3, 4, 1), new Categorical(1));
        double[] theta = Updates.gaussians(new Random(15), policy.parameterCount());
        double[] kept = theta.clone();
        double[] advantages = golden.input("advantages");
        UpdateReport report = new TrpoUpdate(policy, Updates.config(0.01, 0.1, 0))
                .update(theta, Batch.onPolicy(golden.observations(), new DMatrixRMaj(64, 1), advantages));
        assertEquals(Outcome.ZERO_GRADIENT, report.outcome());
        assertArrayEquals(kept, theta);
    }

    @Test
    void aSingularFisherMatrixWithoutDampingChangesNothing() {
        double[] theta = new double[4];
        double[] kept = theta.clone();
        Policy policy = Updates.certainPolicy(theta);
        System.arraycopy(theta, 0, kept, 0, 4);
        double[] advantages = {1, -1, 2};
        Batch batch = Batch.onPolicy(Updates.column(0.5, 1, 2), Updates.column(1, 0, 0), advantages);
        Settings undamped = Settings.DEFAULTS
                .with(TrustRegionSettings.DELTA, 0.01)
                .with(TrustRegionSettings.CG_ITERATIONS, 10)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-10)
                .with(TrustRegionSettings.CG_DAMPING, 0.0);
        assertEquals(
                Outcome.NOT_FINITE,
                new TrpoUpdate(policy, undamped).update(theta, batch).outcome());
        assertArrayEquals(kept, theta);
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void theUnitOfTheRewardsDoesNotMatter(String name) {
        for (double unit : new double[] {0x1p-1000, 0x1p660, 0x1p1000}) {
            GoldenUpdate golden = GoldenUpdate.named(name);
            double[] advantages = golden.input("advantages");
            double[] scaled = Updates.moved(new double[advantages.length], unit, advantages);
            double[] theta = golden.input("theta");
            double[] same = golden.input("theta");
            TrpoUpdate update = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0));
            assertEquals(
                    Outcome.IMPROVED,
                    update.update(theta, Updates.batch(golden, scaled)).outcome());
            update.update(same, Updates.batch(golden, advantages));
            assertArrayEquals(same, theta);
        }
    }

    /** Each state occurs twice: with its own action and weight 2, and with another state's action and weight 0. */
    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void aSampleOfWeight2CountsLikeTwoSamples(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] advantages = twice(golden.input("advantages"));
        DMatrixRMaj observations = twice(golden.observations());
        DMatrixRMaj actions = twice(golden.actions());
        int half = actions.numRows / 2;
        for (int i = 0; i < half; i++) {
            System.arraycopy(
                    golden.actions().data,
                    (half - 1 - i) * actions.numCols,
                    actions.data,
                    (half + i) * actions.numCols,
                    actions.numCols);
        }
        double[] weights = new double[advantages.length];
        Arrays.fill(weights, 0, weights.length / 2, 2);

        double[] expected = golden.input("theta");
        double[] theta = golden.input("theta");
        TrpoUpdate update = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0));
        assertEquals(
                Outcome.IMPROVED,
                update.update(expected, Batch.onPolicy(observations, twice(golden.actions()), advantages))
                        .outcome());
        update.update(theta, new Batch(observations, actions, advantages, weights));
        assertClose(expected, theta, SOLUTION, "theta");
        double[] unweighted = golden.input("theta");
        update.update(unweighted, Batch.onPolicy(observations, actions, advantages));
        assertTrue(Math.abs(unweighted[0] - theta[0]) > 1e-4, "the weights make no difference");
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void theNumberOfThreadsDoesNotMatter(String name) throws Exception {
        GoldenUpdate golden = GoldenUpdate.named(name);
        Batch batch = Updates.batch(golden, golden.input("advantages"));
        while (RowChunks.count(batch.size()) < RowChunks.MAX_COUNT) {
            batch = Batch.onPolicy(twice(batch.observations()), twice(batch.actions()), twice(batch.advantages()));
        }
        double[] alone = updatedIn(1, golden, batch);
        for (int threads : new int[] {2, 3, 8, 64}) {
            assertArrayEquals(alone, updatedIn(threads, golden, batch), threads + " threads");
        }
        assertFalse(Arrays.equals(golden.input("theta"), alone), "nothing was updated");
    }

    @ParameterizedTest
    @ValueSource(strings = {CATEGORICAL, GAUSSIAN})
    void anEntropyBonusAloneRaisesTheEntropy(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        UpdateReport report = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0.02))
                .update(theta, Updates.batch(golden, new double[golden.samples()]));
        assertEquals(Outcome.IMPROVED, report.outcome());
        assertTrue(report.entropy() > golden.result("entropy_mean"));
        assertClose(0.02 * (report.entropy() - golden.result("entropy_mean")), report.actualGain(), 1e-9, "gain");
    }

    @Test
    void theFisherMatrixMayBeEstimatedFromSomeOfTheStates() {
        GoldenUpdate golden = GoldenUpdate.named(GAUSSIAN);
        Settings config = Settings.DEFAULTS
                .with(TrustRegionSettings.DELTA, 0.01)
                .with(TrustRegionSettings.CG_ITERATIONS, 10)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-10)
                .with(TrustRegionSettings.CG_DAMPING, 0.1)
                .with(TrustRegionSettings.FIM_SUBSAMPLE, 6)
                .with(RolloutSettings.ENVS, 4);
        UpdateReport report = update(GAUSSIAN, config);
        double[] theta = golden.input("theta");
        int[] sample = StateSample.every(6, golden.samples(), 4);
        FisherVectorProduct fisher = new FisherVectorProduct(golden.policy(), 0.1)
                .at(theta, FisherVectorProduct.activationsOf(sample, golden.policy(), theta, golden.observations()));
        ConjugateGradient.Result cg =
                ConjugateGradient.solve(fisher, golden.output("gradient"), 10, 1e-10, new double[theta.length]);
        assertClose(Math.sqrt(2 * 0.01 / cg.quadraticForm()), 1 / report.lagrangeMultiplier(), SOLUTION, "beta");
        assertClose(cg.residualNorms(), report.cgResiduals(), SOLUTION, "|r|");
        assertEquals(Outcome.IMPROVED, report.outcome());
    }

    /**
     * An action is std * z, where z is a standard normal number; the mean is 0. The advantages are -z^2 + slope z. They
     * favour a smaller spread and a shifted mean. The bound of log std does not allow the smaller spread.
     */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.2})
    void improvesTheMeanWhileLogStdStaysAtItsBound(double slope) {
        int rows = 2000;
        Policy policy = new Policy(new Mlp(1, 1), new Gaussian(1, Gaussian.MIN_LOG_STD));
        double[] theta = {0, 0, Gaussian.MIN_LOG_STD};
        double[] z = Updates.gaussians(new Random(16), rows);
        double[] advantages = new double[rows];
        double[] actions = new double[rows];
        for (int i = 0; i < rows; i++) {
            advantages[i] = -z[i] * z[i] + slope * z[i];
            actions[i] = Math.exp(Gaussian.MIN_LOG_STD) * z[i];
        }
        Batch batch = Batch.onPolicy(new DMatrixRMaj(rows, 1), Updates.column(actions), advantages);
        UpdateReport report = new TrpoUpdate(policy, Updates.config(0.01, 0.1, 0)).update(theta, batch);
        assertEquals(Outcome.IMPROVED, report.outcome());
        assertEquals(Gaussian.MIN_LOG_STD, theta[2]);
        assertTrue(theta[1] > 0, "mean " + theta[1]);
    }

    private static UpdateReport update(String name, Settings config) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        return new TrpoUpdate(golden.policy(), config)
                .update(golden.input("theta"), Updates.batch(golden, golden.input("advantages")));
    }

    private static UpdateReport assertUnchanged(Outcome outcome, double[] advantages) {
        GoldenUpdate golden = GoldenUpdate.named(CATEGORICAL);
        double[] theta = golden.input("theta");
        UpdateReport report = new TrpoUpdate(golden.policy(), Updates.config(0.01, 0.1, 0))
                .update(theta, Updates.batch(golden, advantages));
        assertEquals(outcome, report.outcome());
        assertArrayEquals(golden.input("theta"), theta);
        assertEquals(0, report.divergence(), 0);
        assertEquals(0, report.stepNorm());
        return report;
    }

    private static double[] updatedIn(int threads, GoldenUpdate golden, Batch batch) throws Exception {
        ForkJoinPool pool = new ForkJoinPool(threads);
        try {
            return pool.submit(() -> {
                        double[] theta = golden.input("theta");
                        new TrpoUpdate(golden.policy(), Updates.config(golden)).update(theta, batch);
                        return theta;
                    })
                    .get();
        } finally {
            pool.shutdown();
        }
    }

    private static double[] twice(double[] a) {
        double[] both = Arrays.copyOf(a, 2 * a.length);
        System.arraycopy(a, 0, both, a.length, a.length);
        return both;
    }

    private static DMatrixRMaj twice(DMatrixRMaj rows) {
        return DMatrixRMaj.wrap(2 * rows.numRows, rows.numCols, twice(Arrays.copyOf(rows.data, rows.getNumElements())));
    }
}
