// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.rollout.GeneralizedAdvantage.Transitions;
import io.gymwire.testing.Golden;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GeneralizedAdvantageTest {

    @Test
    void agreesWithTheIndependentImplementation() {
        Golden golden = Golden.read("gae");
        int envs = golden.count("envs");
        boolean[] terminated = golden.flags("inputs", "terminated");
        boolean[] truncated = golden.flags("inputs", "truncated");
        double[] values = golden.array("inputs", "values");
        double[] finals = golden.array("inputs", "final_values");
        double[] last = golden.array("inputs", "last_values");
        double[] next = new double[values.length];
        for (int i = 0; i < next.length; i++) {
            double following = i + envs < next.length ? values[i + envs] : last[i % envs];
            next[i] = terminated[i] ? Double.NaN : truncated[i] ? finals[i] : following;
        }
        double[] advantages = new double[values.length];
        new GeneralizedAdvantage(golden.number("meta", "gamma"), golden.number("meta", "lambda"))
                .estimate(
                        new Transitions(golden.array("inputs", "rewards"), terminated, truncated, envs),
                        values,
                        next,
                        ones(values.length),
                        advantages);
        assertClose(golden.array("outputs", "advantages"), advantages, DISTRIBUTION, "advantages");
    }

    /**
     * In A_t, the weight of delta_(t+l) is the product of gamma lambda c_k over the steps k = t+1, ..., t+l. c_k is the
     * trace of step k, in {@code traces}.
     */
    @Test
    void advantagesAreSumsOfWeightedTdErrorsUntilTheEpisodeOrSegmentEnds() {
        Random random = new Random(10);
        double[] edges = {0, 0.5, 0.97, 1};
        for (int trial = 0; trial < 100; trial++) {
            int envs = 1 + random.nextInt(4);
            int size = envs * (1 + random.nextInt(20));
            double gamma = edges[random.nextInt(4)];
            double lambda = edges[random.nextInt(4)];
            double[] rewards = random.doubles(size, -1, 1).toArray();
            double[] values = random.doubles(size, -1, 1).toArray();
            double[] next = random.doubles(size, -1, 1).toArray();
            boolean[] terminated = flags(random, size);
            boolean[] truncated = flags(random, size);
            double[] traces = random.doubles(size, 0, 1).toArray();
            double[] advantages = new double[size];
            new GeneralizedAdvantage(gamma, lambda)
                    .estimate(new Transitions(rewards, terminated, truncated, envs), values, next, traces, advantages);
            for (int i = 0; i < size; i++) {
                double expected = 0;
                double weight = 1;
                for (int k = i; k < size; k += envs) {
                    expected += weight * (rewards[k] + (terminated[k] ? 0 : gamma * next[k]) - values[k]);
                    if (terminated[k] || truncated[k]) {
                        break;
                    }
                    weight *= gamma * lambda * (k + envs < size ? traces[k + envs] : 0);
                }
                assertEquals(expected, advantages[i], DISTRIBUTION, "trial " + trial + ", index " + i);
            }
        }
    }

    @Test
    void withLambdaOneTheAdvantageIsTheDiscountedReturnMinusTheValue() {
        double[] advantages = new double[3];
        new GeneralizedAdvantage(0.5, 1)
                .estimate(
                        new Transitions(new double[] {1, 2, 4}, new boolean[3], new boolean[3], 1),
                        new double[] {10, 20, 30},
                        new double[] {20, 30, 100},
                        ones(3),
                        advantages);
        assertEquals(1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 100 - 10, advantages[0], DISTRIBUTION);
    }

    private static double[] ones(int size) {
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static boolean[] flags(Random random, int size) {
        boolean[] flags = new boolean[size];
        for (int i = 0; i < size; i++) {
            flags[i] = random.nextInt(6) == 0;
        }
        return flags;
    }
}
