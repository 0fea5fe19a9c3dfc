// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomAgentTest {
    @Test
    void theForkExamplePrintsASmallerRewardForAStrongerTorque() {
        double[] rewards = run(() -> Fork.main(new String[0])).stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .toArray();
        assertEquals(5, rewards.length);
        // The pendulum's reward is minus (angle^2 + 0.1 velocity^2 + 0.001 torque^2), with the angle and the velocity
        // before the step. With NumPy 2, the environment computes the last term in float32, so small errors are
        // allowed.
        double withoutTorque = rewards[2];
        assertTrue(withoutTorque < 0);
        for (int i = 0; i < rewards.length; i++) {
            assertEquals(withoutTorque - 0.001 * (i - 2) * (i - 2), rewards[i], 1e-9);
        }
    }

    @Test
    void playsFiveEpisodesOnTheRealServer() {
        List<String> lines = run(() -> RandomAgent.main(new String[0]));
        assertEquals(5, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertTrue(lines.get(i).matches("episode " + (i + 1) + " lasted [1-9]\\d* steps"), lines.get(i));
        }
    }

    /** Returns the lines that a program prints. */
    private static List<String> run(Runnable program) {
        PrintStream terminal = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(terminal);
        }
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
