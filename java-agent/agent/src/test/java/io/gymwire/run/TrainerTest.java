// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.VectorEnv;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private TrainConfig config = Configs.small(3);

    @Test
    void anIterationChangesTheWholeLearnerAndCountsItself() {
        Learner learner = learner();
        double[] theta = learner.theta().clone();
        double[] critic = learner.critic().theta().clone();
        Trainer trainer = trainer(learner, 4);
        Trainer.Iteration iteration = Iterations.one(trainer);
        assertNotNull(iteration);
        assertEquals(iteration.improvement().report().improved(), !Arrays.equals(theta, learner.theta()));
        assertFalse(Arrays.equals(critic, learner.critic().theta()));
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        // 4 steps of each environment: no episode has ended yet.
        assertEquals(0, learner.episodes());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());

        assertEquals(4, Iterations.one(trainer).improvement().episodes().size());
        assertEquals(2, learner.iterations());
        assertEquals(4, learner.episodes());
        assertArrayEquals(new long[] {8, 8, 8, 8}, learner.drawn());
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
        assertNull(trainer.awaitCritic());
        assertArrayEquals(theta, learner.theta());
        assertArrayEquals(critic, learner.critic().theta());
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theSessionsThatEnvironmentsAreSpreadOverChangeNothing(int reuse) {
        config = Configs.of(3, new int[] {5}, 16, reuse);
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
    @ValueSource(ints = {1, 2, 3})
    void fittingTheCriticBesideTheNextRolloutChangesNothing(int reuse) {
        config = Configs.of(3, new int[] {5}, 16, reuse);
        Learner inTurn = learner();
        Learner beside = learner();
        Trainer first = trainer(inTurn, 4);
        Trainer second = trainer(beside, 4);
        double[] losses = new double[4];
        for (int i = 0; i < 4; i++) {
            losses[i] = Iterations.one(first).valueLoss();
        }
        assertTrue(second.collect(() -> false));
        assertNull(second.awaitCritic());
        for (int i = 0; i < 4; i++) {
            second.improve();
            assertTrue(second.isBetweenIterations());
            assertEquals(i < 3, second.collect(i < 3 ? () -> false : () -> true));
            assertEquals(losses[i], second.awaitCritic().valueLoss());
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
    void deltaAndTheCriticsStepSizeShrinkInAStraightLineAndThenStay() {
        assertEquals(0.02, config.deltaAfter(0));
        assertEquals(1e-3, config.criticLrAfter(0));
        assertEquals(0.02 * 0.625, config.deltaAfter(500), 1e-15);
        assertEquals(1e-3 * 0.625, config.criticLrAfter(500), 1e-15);
        assertEquals(0.02 * 0.25, config.deltaAfter(1000));
        assertEquals(1e-3 * 0.25, config.criticLrAfter(2000));

        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        assertEquals(0.02, Iterations.one(trainer).improvement().report().divergenceLimit());
        assertEquals(
                config.deltaAfter(16),
                Iterations.one(trainer).improvement().report().divergenceLimit());
        assertEquals(config.criticLrAfter(16), learner.critic().adam().learningRate());
    }

    @Test
    void anUpdateBeforeTheCriticIsFittedIsRefused() {
        Trainer trainer = trainer(learner(), 4);
        trainer.collect(() -> false);
        trainer.improve();
        assertThrows(IllegalStateException.class, trainer::improve);
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
