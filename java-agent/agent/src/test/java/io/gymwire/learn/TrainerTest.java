// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Activations;
import io.gymwire.policy.PolicyChange;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.testing.MemoryStep;
import io.gymwire.update.natural.TrustRegionMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private RunConfig config = Configs.small(3);

    @Test
    void anIterationChangesTheWholeLearnerAndIsCounted() {
        Learner learner = learner();
        double[] theta = learner.theta().clone();
        double[] critic = learner.critic().theta().clone();
        Trainer trainer = trainer(learner, 4);
        PendingIteration.Iteration iteration = Iterations.one(trainer);
        assertNotNull(iteration);
        assertEquals(
                iteration.metrics().get(TrustRegionMetrics.LINE_SEARCH_SUCCESS) == 1,
                !Arrays.equals(theta, learner.theta()));
        assertFalse(Arrays.equals(critic, learner.critic().theta()));
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        // After 4 steps of each environment, no episode has ended yet.
        assertEquals(0, learner.episodes());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());

        assertEquals(4, Iterations.one(trainer).episodes().size());
        assertEquals(2, learner.iterations());
        assertEquals(4, learner.episodes());
        assertArrayEquals(new long[] {8, 8, 8, 8}, learner.drawn());
    }

    /**
     * The normaliser's statistics change in each iteration, including the first one. But only the update changes the
     * policy as a function of raw observations.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theWholeIterationStaysWithinTheTrustRegion(int lag) {
        config = Configs.small(3).with(RolloutSettings.LAG, lag);
        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        for (int i = 0; i < 20; i++) {
            MetricValues metrics = Iterations.one(trainer).metrics();
            assertEquals(metrics.get(TrustRegionMetrics.KL_DIVERGENCE), metrics.get(RunMetrics.KL_OF_ITERATION), 1e-12);
            assertTrue(metrics.get(RunMetrics.KL_OF_ITERATION) <= metrics.get(TrustRegionMetrics.DELTA) * (1 + 1e-9));
        }
        assertEquals(20 * 16, learner.normalizer().moments().count());
    }

    @Test
    void newStatisticsDoNotChangePolicyAndCriticAsFunctionsOfRawObservations() {
        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        for (int i = 0; i < 3; i++) {
            Iterations.one(trainer);
        }
        Rollout rollout = new Rollout(4, 4, 2, 1);
        for (int i = 0; i < 16; i++) {
            rollout.rawObservations().set(i, 0, 0.1 * i);
            rollout.rawObservations().set(i, 1, i % 5);
        }
        rollout.renormalize(learner.normalizer());
        PolicyChange change = new PolicyChange(learner.policy());
        change.begin(learner.theta(), rollout.observations());
        double[] seen = rollout.observations().data.clone();
        double[] values = new double[16];
        learner.critic().predict(rollout.observations(), values);

        learner.observe(rollout);

        assertFalse(Arrays.equals(seen, rollout.observations().data), "the statistics are the same");
        assertEquals(0, change.divergence(learner.theta(), rollout.observations()), 1e-12);
        double[] after = new double[16];
        learner.critic().predict(rollout.observations(), after);
        assertArrayEquals(values, after, 1e-9);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void ifAllObservationsOfTheFirstBatchAreEqualThePolicyStillLearnsToDistinguishStates(int lag) {
        config = Configs.small(3).with(RolloutSettings.LAG, lag);
        Learner learner = learner();
        Trainer trainer = new Trainer(config, learner, List.of(new LateEnv()));
        trainer.reset();
        for (int i = 0; i < 6; i++) {
            MetricValues metrics = Iterations.one(trainer).metrics();
            assertEquals(metrics.get(TrustRegionMetrics.KL_DIVERGENCE), metrics.get(RunMetrics.KL_OF_ITERATION), 1e-12);
        }
        Activations activations = learner.policy().network().activations(new DMatrixRMaj(2, 2, true, 0, 0, 1, 1));
        learner.policy().forward(learner.theta(), activations, 0, 2);
        assertNotEquals(activations.output().get(0, 0), activations.output().get(1, 0));
    }

    /** Four environments whose observations are zeros in the first four steps. */
    private static final class LateEnv extends LineEnv {

        private int steps;

        LateEnv() {
            super(4);
        }

        @Override
        public VectorReset reset(ResetOptions options) {
            super.reset(options);
            return new VectorReset(zeros(), Map.of());
        }

        @Override
        protected VectorStep stepAll(NdArray actions) {
            MemoryStep step = (MemoryStep) super.stepAll(actions);
            return ++steps > 4
                    ? step
                    : new MemoryStep(zeros(), step.rewards(), step.terminations(), step.truncations(), step.finals());
        }

        private static NdArray zeros() {
            return NdArray.ofDoubles(DType.FLOAT64, new int[] {4, 2}, new double[8]);
        }
    }

    /** The test includes the first iteration, in which the batch changes the normaliser before the update. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theResultIsTheSameIfABatchIsReadBeforeItsUpdate(int lag) {
        config = Configs.small(3).with(RolloutSettings.LAG, lag);
        Learner watched = learner();
        Learner unwatched = learner();
        Trainer reading = trainer(watched, 4);
        Trainer other = trainer(unwatched, 4);
        for (int i = 0; i < 3; i++) {
            reading.collect(() -> false);
            double[] advantages = reading.prepareBatch().advantages().clone();
            assertArrayEquals(advantages, reading.prepareBatch().advantages());
            reading.improve().complete();
            Iterations.one(other);
            assertArrayEquals(unwatched.theta(), watched.theta());
            assertArrayEquals(unwatched.critic().theta(), watched.critic().theta());
            assertEquals(16 * (i + 1), watched.normalizer().moments().count());
        }
    }

    @Test
    void anAbandonedIterationChangesNothing() {
        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        Iterations.one(trainer);
        double[] theta = learner.theta().clone();
        double[] critic = learner.critic().theta().clone();
        AtomicInteger asked = new AtomicInteger();
        assertFalse(trainer.collect(() -> asked.incrementAndGet() >= 2));
        assertArrayEquals(theta, learner.theta());
        assertArrayEquals(critic, learner.critic().theta());
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 0", "1, 1", "3, 1"})
    void theNumberOfSessionsChangesNothing(int reuse, int lag) {
        config = Configs.small(3).with(RolloutSettings.REUSE, reuse).with(RolloutSettings.LAG, lag);
        Learner together = learner();
        Learner apart = learner();
        Trainer one = trainer(together, 4);
        Trainer three = trainer(apart, 1, 2, 1);
        for (int i = 0; i < 3; i++) {
            Iterations.one(one);
            Iterations.one(three);
        }
        assertArrayEquals(together.theta(), apart.theta());
        assertArrayEquals(together.critic().theta(), apart.critic().theta());
        assertArrayEquals(
                together.normalizer().moments().squares(),
                apart.normalizer().moments().squares());
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 0", "1, 1", "2, 1", "3, 1"})
    void theResultIsTheSameIfTheCriticIsFittedDuringTheNextRollout(int reuse, int lag) {
        config = Configs.small(3).with(RolloutSettings.REUSE, reuse).with(RolloutSettings.LAG, lag);
        Learner inTurn = learner();
        Learner beside = learner();
        Trainer first = trainer(inTurn, 4);
        Trainer second = trainer(beside, 4);
        double[] losses = new double[4];
        for (int i = 0; i < 4; i++) {
            losses[i] = Iterations.one(first).metrics().get(RunMetrics.VALUE_LOSS);
        }
        assertTrue(second.collect(() -> false));
        for (int i = 0; i < 4; i++) {
            PendingIteration pending = second.improve();
            assertTrue(second.isBetweenIterations());
            assertEquals(i < 3, second.collect(i < 3 ? () -> false : () -> true));
            assertEquals(losses[i], pending.complete().metrics().get(RunMetrics.VALUE_LOSS));
            assertFalse(second.isBetweenIterations());
        }
        assertArrayEquals(inTurn.theta(), beside.theta());
        assertArrayEquals(inTurn.critic().theta(), beside.critic().theta());
        assertArrayEquals(
                inTurn.normalizer().moments().squares(),
                beside.normalizer().moments().squares());
        assertArrayEquals(inTurn.drawn(), beside.drawn());
        assertEquals(inTurn.iterations(), beside.iterations());
    }

    @Test
    void deltaAndTheCriticsStepSizeShrinkLinearlyAndThenStayConstant() {
        assertEquals(1, config.annealed(0));
        assertEquals(0.625, config.annealed(500), 1e-15);
        assertEquals(0.25, config.annealed(1000));
        assertEquals(0.25, config.annealed(2000));

        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        assertEquals(0.02, Iterations.one(trainer).metrics().get(TrustRegionMetrics.DELTA));
        assertEquals(
                0.02 * config.annealed(16), Iterations.one(trainer).metrics().get(TrustRegionMetrics.DELTA));
        assertEquals(1e-3 * config.annealed(16), learner.critic().adam().learningRate());
    }

    @Test
    void anUpdateWaitsForTheCriticOfThePreviousIteration() {
        Learner inTurn = learner();
        Learner atOnce = learner();
        Trainer first = trainer(inTurn, 4);
        Trainer second = trainer(atOnce, 4);
        for (int i = 0; i < 3; i++) {
            Iterations.one(first);
            second.collect(() -> false);
            second.improve();
        }
        assertArrayEquals(inTurn.theta(), atOnce.theta());
    }

    private Learner learner() {
        return new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
    }

    private Trainer trainer(Learner learner, int... sizes) {
        List<VectorEnv> sessions =
                Arrays.stream(sizes).<VectorEnv>mapToObj(LineEnv::new).toList();
        Trainer trainer = new Trainer(config, learner, sessions);
        trainer.reset();
        return trainer;
    }
}
