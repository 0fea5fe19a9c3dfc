// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Gaussian;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TextSpace;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LearnerTest {

    @Test
    void theActionSpaceChoosesThePolicy() {
        assertInstanceOf(Gaussian.class, learner(1, LineEnv.ACTIONS).policy().distribution());
        Learner categorical = learner(1, new DiscreteSpace(3, 10, DType.INT64));
        assertInstanceOf(Categorical.class, categorical.policy().distribution());
        assertEquals(3, categorical.policy().network().outputSize());
    }

    @Test
    void anUnsupportedActionSpaceIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> learner(1, new TextSpace(0, 5, "abc")))
                .getMessage();
        assertTrue(message.contains("Text"), message);
        assertTrue(message.contains("MultiDiscrete, MultiBinary, and Dict and Tuple of them"), message);
    }

    @Test
    void theSeedDecidesTheInitialParameters() {
        assertArrayEquals(
                learner(1, LineEnv.ACTIONS).theta(), learner(1, LineEnv.ACTIONS).theta());
        assertFalse(Arrays.equals(
                learner(1, LineEnv.ACTIONS).theta(), learner(2, LineEnv.ACTIONS).theta()));
        assertArrayEquals(
                learner(1, LineEnv.ACTIONS).critic().theta(),
                learner(1, LineEnv.ACTIONS).critic().theta());
        assertFalse(Arrays.equals(
                learner(1, LineEnv.ACTIONS).critic().theta(),
                learner(2, LineEnv.ACTIONS).critic().theta()));
    }

    private static Learner learner(long seed, Space actions) {
        return new Learner(Configs.small(seed), LineEnv.OBSERVATIONS, actions);
    }
}
