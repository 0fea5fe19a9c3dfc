// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.gymwire.env.VectorEnv;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TrainerTest {

    private final TrainConfig config = Configs.small(3);

    @Test
    void anIterationChangesTheWholeLearnerAndCountsItself() {
        Learner learner = learner();
        double[] theta = learner.theta().clone();
        double[] critic = learner.critic().theta().clone();
        Trainer trainer = trainer(learner, 4);
        Trainer.Iteration iteration = trainer.iterate(() -> false);
        assertNotNull(iteration);
        assertEquals(iteration.report().improved(), !Arrays.equals(theta, learner.theta()));
        assertFalse(Arrays.equals(critic, learner.critic().theta()));
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        // 4 steps of each environment: no episode has ended yet.
        assertEquals(0, learner.episodes());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());

        assertEquals(4, trainer.iterate(() -> false).episodes().size());
        assertEquals(2, learner.iterations());
        assertEquals(4, learner.episodes());
        assertArrayEquals(new long[] {8, 8, 8, 8}, learner.drawn());
    }

    @Test
    void anAbandonedIterationChangesNothing() {
        Learner learner = learner();
        Trainer trainer = trainer(learner, 4);
        trainer.iterate(() -> false);
        double[] theta = learner.theta().clone();
        double[] critic = learner.critic().theta().clone();
        AtomicInteger asked = new AtomicInteger();
        assertNull(trainer.iterate(() -> asked.incrementAndGet() >= 2));
        assertArrayEquals(theta, learner.theta());
        assertArrayEquals(critic, learner.critic().theta());
        assertEquals(16, learner.normalizer().moments().count());
        assertEquals(1, learner.iterations());
        assertArrayEquals(new long[] {4, 4, 4, 4}, learner.drawn());
    }

    @Test
    void theSessionsThatEnvironmentsAreSpreadOverChangeNothing() {
        Learner together = learner();
        Learner apart = learner();
        Trainer one = trainer(together, 4);
        Trainer three = trainer(apart, 1, 2, 1);
        for (int i = 0; i < 3; i++) {
            one.iterate(() -> false);
            three.iterate(() -> false);
        }
        assertArrayEquals(together.theta(), apart.theta());
        assertArrayEquals(together.critic().theta(), apart.critic().theta());
        assertArrayEquals(together.normalizer().moments().squares(), apart.normalizer().moments().squares());
    }

    private Learner learner() {
        return new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
    }

    private Trainer trainer(Learner learner, int... sizes) {
        List<VectorEnv> sessions = Arrays.stream(sizes).<VectorEnv>mapToObj(LineEnv::new).toList();
        Trainer trainer = new Trainer(config, learner, sessions);
        trainer.reset();
        return trainer;
    }
}
