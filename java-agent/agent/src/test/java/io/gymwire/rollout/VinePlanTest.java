// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VinePlanTest {

    private static final Space BOX = new BoxSpace(DType.FLOAT64, new int[] {1}, new double[] {-1}, new double[] {1});

    @Test
    void theDefaultsFitEveryBatchThatIsLargeEnough() {
        for (Space actions : List.of(BOX, discrete(2), discrete(10), discrete(11))) {
            for (int envs = 1; envs <= 9; envs++) {
                for (int segment = 1; segment <= 60; segment++) {
                    Settings settings = settings(envs, segment * envs);
                    int tried = actions.equals(discrete(2)) ? 2 : actions.equals(discrete(10)) ? 10 : 4;
                    int least = 1 + (tried + envs - 1) / envs;
                    if (segment < least) {
                        assertThrows(IllegalArgumentException.class, () -> VinePlan.of(settings, actions));
                    } else {
                        VinePlan plan = VinePlan.of(settings, actions);
                        Branches.Shape shape = plan.shape();
                        assertEquals(tried, shape.actions());
                        assertEquals(tried != 4, shape.allActions());
                        assertTrue(shape.horizon() >= 1 && shape.states() >= 1, plan.toString());
                        assertEquals(segment, plan.trunk() + plan.rounds() * shape.horizon(), plan.toString());
                        assertTrue(shape.states() * tried <= plan.rounds() * envs, plan.toString());
                        assertTrue(plan.times() <= plan.trunk(), plan.toString());
                        assertTrue(segment < 2 * (least - 1) || 2 * plan.trunk() >= segment - 1, plan.toString());
                    }
                }
            }
        }
    }

    @Test
    void byDefaultAboutHalfOfTheBatchIsForBranchesOfTenSteps() {
        VinePlan plan = VinePlan.of(settings(8, 2048), BOX);
        assertEquals(new Branches.Shape(24, 4, false, 10), plan.shape());
        assertEquals(136, plan.trunk());
        assertEquals(
                "a trunk of 1088 steps, 24 of its states, 4 drawn actions in each, at most 10 steps in each branch",
                "" + plan);
    }

    @Test
    void theNumbersThatAreNotGivenFollowFromTheGivenNumbers() {
        Settings settings = settings(8, 2048);
        assertEquals(
                new Branches.Shape(4, 4, false, 50),
                VinePlan.of(settings.with(VineSettings.HORIZON, 50), BOX).shape());
        assertEquals(
                new Branches.Shape(9, 4, false, 10),
                VinePlan.of(settings.with(VineSettings.STATES, 9), BOX).shape());
        assertEquals(
                new Branches.Shape(16, 6, false, 10),
                VinePlan.of(settings.with(VineSettings.ACTIONS, 6), BOX).shape());
        assertEquals(
                new Branches.Shape(32, 3, false, 10),
                VinePlan.of(settings.with(VineSettings.ACTIONS, 3), discrete(5)).shape());
        assertTrue(VinePlan.of(settings.with(VineSettings.ACTIONS, 5), discrete(5))
                .shape()
                .allActions());
    }

    @Test
    void theErrorForAPlanThatDoesNotFitContainsTheNumbers() {
        Settings settings = settings(8, 2048).with(VineSettings.STATES, 100).with(VineSettings.HORIZON, 50);
        String message = assertThrows(IllegalArgumentException.class, () -> VinePlan.of(settings, BOX))
                .getMessage();
        assertTrue(message.contains("100 states, 4 actions in each and 50 steps in each branch"), message);
        assertTrue(message.contains("needs 2513 steps and has 256"), message);
        Settings great = settings(1, 1000).with(VineSettings.STATES, 1_000_000).with(VineSettings.ACTIONS, 1_000_000);
        assertThrows(IllegalArgumentException.class, () -> VinePlan.of(great, BOX));
    }

    private static Settings settings(int envs, int batch) {
        return Settings.DEFAULTS.with(RolloutSettings.ENVS, envs).with(RolloutSettings.BATCH, batch);
    }

    private static Space discrete(int n) {
        return new DiscreteSpace(n, 0, DType.INT64);
    }
}
