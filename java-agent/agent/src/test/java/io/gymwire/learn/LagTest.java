// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Activations;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Actor;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With {@code --lag 1}, the policy as it was before the last update collects a batch. The weight of a step is the
 * probability of its action under the policy after that update, divided by the action's probability under the policy
 * that drew it, but at most 2.
 */
class LagTest {

    private static final int ENVS = 4;
    private static final int SIZE = 16;
    private static final int ITERATIONS = 6;

    /** A copy of a policy: of the policy that draws the actions of a batch, or of the current policy. */
    private record Drawer(double[] theta, ObservationNormalizer normalizer) {

        static Drawer of(Learner learner) {
            ObservationNormalizer copy = ObservationNormalizer.of(learner.encoder());
            copy.copy(learner.normalizer());
            return new Drawer(learner.theta().clone(), copy);
        }

        DMatrixRMaj see(DMatrixRMaj raw) {
            DMatrixRMaj out = new DMatrixRMaj(raw.numRows, raw.numCols);
            normalizer.normalize(raw, out, 0, raw.numRows);
            return out;
        }

        double[] logProbabilities(Policy policy, Rollout rollout) {
            Activations activations = policy.network().activations(see(rollout.rawObservations()));
            policy.network().forward(theta, activations, 0, SIZE);
            double[] out = new double[SIZE];
            policy.distribution().logProbability(policy.inputs(theta, activations), rollout.actions(), out, 0, SIZE);
            return out;
        }
    }

    /**
     * The initial policy draws the first two batches. Each later batch is drawn by the policy as it was before the last
     * update.
     */
    @Test
    void aBatchIsDrawnByThePolicyBeforeTheLastUpdate() {
        RunConfig config = config(1);
        Learner learner = learner(config);
        Trainer trainer = trainer(config, learner);
        List<Drawer> policies = new ArrayList<>(List.of(Drawer.of(learner)));
        for (int k = 0; k < ITERATIONS; k++) {
            assertTrue(trainer.collect(() -> false));
            policies.add(Drawer.of(learner));
            Drawer drawer = policies.get(k);
            assertActions(config, learner.policy(), drawer, k, trainer.rollout());
            assertArrayEquals(
                    drawer.see(trainer.rollout().rawObservations()).data,
                    trainer.rollout().observations().data);
            trainer.improve().complete();
        }
        assertFalse(Arrays.equals(policies.get(2).theta(), policies.get(3).theta()));
        assertFalse(Arrays.equals(policies.get(3).theta(), policies.get(4).theta()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aWeightIsTheCurrentProbabilityDividedByTheProbabilityAtTheDrawButAtMostTwo(int reuse) {
        RunConfig config = config(reuse);
        Learner learner = learner(config);
        Trainer trainer = trainer(config, learner);
        List<Drawer> drawers = new ArrayList<>();
        Drawer before = Drawer.of(learner);
        Rollout earlier = null;
        double furthest = 0;
        for (int k = 0; k < ITERATIONS; k++) {
            drawers.add(before);
            assertTrue(trainer.collect(() -> false));
            before = Drawer.of(learner);
            Batch batch = trainer.prepareBatch();
            Rollout newest = trainer.rollout();
            furthest = Math.max(
                    furthest, assertWeights(learner, drawers.get(k), newest, Arrays.copyOf(batch.weights(), SIZE)));
            if (reuse > 1 && k > 0) {
                double[] weights = Arrays.copyOfRange(batch.weights(), SIZE, 2 * SIZE);
                assertWeights(learner, drawers.get(k - 1), earlier, weights);
            }
            assertEquals(SIZE * Math.min(reuse, k + 1), batch.size());
            earlier = newest;
            trainer.improve().complete();
        }
        assertTrue(furthest > 0.01, "all ratios are near 1; the largest distance from 1 is " + furthest);
    }

    @Test
    void theFirstBatchIsOnPolicy() {
        RunConfig config = config(1);
        Learner learner = learner(config);
        Trainer trainer = trainer(config, learner);
        assertTrue(trainer.collect(() -> false));
        double[] ones = new double[SIZE];
        Arrays.fill(ones, 1);
        assertArrayEquals(ones, trainer.prepareBatch().weights());
    }

    /** Each call that waits for a failed update throws the update's exception. A second call throws it again. */
    @Test
    void eachCallThatWaitsForAFailedUpdateThrowsTheExceptionOfTheUpdate() {
        IllegalStateException failure = new IllegalStateException("no finite step");
        PendingIteration pending =
                new PendingIteration(new MetricValues(List.of()), List.of(), CompletableFuture.failedFuture(failure));
        assertSame(failure, assertThrows(IllegalStateException.class, pending::awaitPolicy));
        assertSame(failure, assertThrows(IllegalStateException.class, pending::complete));
        assertSame(failure, assertThrows(IllegalStateException.class, pending::complete));
    }

    /**
     * Checks a rollout's weights, and returns the largest distance of a ratio from 1. The ratio of a step is its weight
     * without the limit of 2.
     */
    private static double assertWeights(Learner learner, Drawer drawer, Rollout rollout, double[] weights) {
        double[] now = Drawer.of(learner).logProbabilities(learner.policy(), rollout);
        double[] then = drawer.logProbabilities(learner.policy(), rollout);
        double furthest = 0;
        for (int i = 0; i < SIZE; i++) {
            double ratio = Math.exp(now[i] - then[i]);
            assertEquals(Math.min(2, ratio), weights[i], 1e-12, "step " + i);
            furthest = Math.max(furthest, Math.abs(ratio - 1));
        }
        return furthest;
    }

    /** Draws a rollout's actions again and compares them with the rollout. */
    private static void assertActions(RunConfig config, Policy policy, Drawer drawer, int iteration, Rollout rollout) {
        RandomStream[] random = new RandomStream[ENVS];
        Arrays.setAll(random, env -> new RandomStream(config.get(RunSettings.SEED), Role.ACTION, env));
        Actor actor = new Actor(policy, drawer.theta(), drawer.normalizer(), random);
        Arrays.fill(actor.drawn(), (long) iteration * rollout.steps());
        DMatrixRMaj actions = new DMatrixRMaj(SIZE, 1);
        for (int t = 0; t < rollout.steps(); t++) {
            int width = actor.raw().numCols;
            System.arraycopy(rollout.rawObservations().data, t * ENVS * width, actor.raw().data, 0, ENVS * width);
            actor.act(0, ENVS, false, actions, t * ENVS);
        }
        assertArrayEquals(actions.data, rollout.actions().data, "iteration " + iteration);
    }

    private static Learner learner(RunConfig config) {
        return new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
    }

    private static Trainer trainer(RunConfig config, Learner learner) {
        Trainer trainer = new Trainer(config, learner, List.of(new LineEnv(ENVS)));
        trainer.reset();
        return trainer;
    }

    private static RunConfig config(int reuse) {
        return Configs.small(3).with(RolloutSettings.REUSE, reuse).with(RolloutSettings.LAG, 1);
    }
}
