// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.update.Advantages;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the explanation of an algorithm that has no listener and computes no natural gradient. */
final class ComparedExplanationTest {

    private static final double RATE = 0.1;

    /** Plain gradient ascent on L, without metrics. */
    private record Ascent(Policy policy) implements PolicyUpdate {

        @Override
        public Report update(double[] theta, Batch batch, double annealed, RandomStream random) {
            double[] advantages = batch.advantages().clone();
            Advantages.normalize(advantages);
            double[] gradient = new double[theta.length];
            new Surrogate(policy, 0)
                    .prepare(theta, batch.observations(), batch.actions(), advantages)
                    .gradient(gradient);
            for (int i = 0; i < theta.length; i++) {
                theta[i] += RATE * gradient[i];
            }
            return new Report() {
                @Override
                public Optional<String> remark() {
                    return Optional.empty();
                }

                @Override
                public void measure(MetricValues values) {}
            };
        }
    }

    @ParameterizedTest
    @EnumSource(SmallUpdate.Kind.class)
    void anUpdateWithoutAListenerIsComparedWithTheNaturalGradient(SmallUpdate.Kind kind) throws IOException {
        SmallUpdate small = new SmallUpdate(kind, SmallUpdate.settings());
        Explainer explainer =
                new Explainer(small.input, new FollowedUpdate.Compared(small.input, new Ascent(small.input.policy())));
        Explanation explanation = explainer.explain(SmallUpdate.noEpisodes(), part -> {});
        assertArrayEquals(small.old, small.input.learner().theta());
        double[] step = explainer.newTheta().clone();
        for (int i = 0; i < step.length; i++) {
            step[i] = (step[i] - small.old[i]) / RATE;
        }
        assertArrayEquals(small.gradient(), step, 1e-6);
        assertEquals("the policy was changed", explanation.subject().outcome());

        Plane plane = explanation.surroundings().orElseThrow().plane().orElseThrow();
        double reached = small.divergence(explainer.newTheta());
        assertEquals(reached, plane.bound().nats(), 1e-10);
        assertEquals(reached, plane.steps().taken().divergence(), 1e-10);
        assertEquals(RATE * Vectors.norm(step), plane.steps().taken().place().u(), 1e-8, "the step goes along g");

        Map<String, byte[]> files = ExplanationPage.files(explanation, List.of());
        assertTrue(files.containsKey("plane.svg"), files.keySet().toString());
        assertFalse(files.containsKey("path.svg") || files.containsKey("passes.svg"), "the explanation has no path");
        String page = new String(files.get("index.md"), StandardCharsets.UTF_8);
        assertTrue(
                page.contains("TRPO computes no natural gradient"),
                "the settings name TRPO, but the update is Ascent, which has no natural gradient");
    }
}
