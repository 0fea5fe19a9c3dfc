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
import io.gymwire.rollout.Rollout;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

class LearnerTest {

    private static final int UNITS = 5; // the units of the policy's first layer

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

    @Test
    void aHugeValueOfElement0ChangesNeitherItsWeightsNorTheSumsOfElement1InTheFirstLayer() {
        Learner learner = learner(1, LineEnv.ACTIONS);
        learner.observe(rollout(1, 2, 3, 4));
        learner.observe(rollout(2, 5, -3, 4));
        double[] weights = learner.theta().clone();
        double[] before = sumsWithoutElement0(learner, 1, 3);
        learner.observe(rollout(1, 7, 1e22, 5));
        assertArrayEquals(before, sumsWithoutElement0(learner, 1, 3), 1e-14);
        assertArrayEquals(
                Arrays.copyOf(weights, UNITS), Arrays.copyOf(learner.theta(), UNITS), "the weights of element 0");
    }

    /** A rollout in which one half of the states is (a, b), and the other half is (c, d). */
    private static Rollout rollout(double a, double b, double c, double d) {
        Rollout rollout = new Rollout(4, 4, 2, 1);
        for (int i = 0; i < rollout.size(); i++) {
            rollout.rawObservations().set(i, 0, i % 2 == 0 ? a : c);
            rollout.rawObservations().set(i, 1, i % 2 == 0 ? b : d);
        }
        return rollout;
    }

    /** For each unit of the policy's first layer, its bias plus its weight times the normalised element 1. */
    private static double[] sumsWithoutElement0(Learner learner, double... raw) {
        DMatrixRMaj z = new DMatrixRMaj(1, 2);
        learner.normalizer().normalize(new DMatrixRMaj(1, 2, true, raw), z, 0, 1);
        double[] theta = learner.theta();
        double[] sums = new double[UNITS];
        Arrays.setAll(sums, unit -> theta[2 * UNITS + unit] + theta[UNITS + unit] * z.get(0, 1));
        return sums;
    }

    private static Learner learner(long seed, Space actions) {
        return new Learner(Configs.small(seed), LineEnv.OBSERVATIONS, actions);
    }
}
