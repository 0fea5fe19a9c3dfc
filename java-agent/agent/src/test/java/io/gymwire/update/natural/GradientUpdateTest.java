// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Advantages;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests a new kind of update, without a trust region. This class shows which methods a new kind of update needs. No
 * other class has to change, except Algorithm, which lists the values of --algorithm.
 */
final class GradientUpdateTest {

    /** Gradient ascent. The step is {@code rate * annealed} times the gradient. */
    private static final class GradientUpdate implements PolicyUpdate {

        private static final MetricGroup GROUP = new MetricGroup();
        private static final Metric GAIN = GROUP.metric("train/gain").text("L(theta_new) - L(theta_old)");

        private final Surrogate surrogate;
        private final double[] gradient; // [P]
        private final double rate;

        private GradientUpdate(Policy policy, double rate) {
            this.surrogate = new Surrogate(policy, 0);
            this.gradient = new double[policy.parameterCount()];
            this.rate = rate;
        }

        @Override
        public Report update(double[] theta, Batch batch, double annealed, RandomStream random) {
            surrogate.prepare(theta, batch.observations(), batch.actions(), weighted(batch));
            surrogate.gradient(gradient);
            for (int i = 0; i < theta.length; i++) {
                theta[i] += rate * annealed * gradient[i];
            }
            double gain =
                    surrogate.at(theta).surrogate() - surrogate.atOldTheta().surrogate();
            return new GradientReport(gain);
        }
    }

    private static double[] weighted(Batch batch) {
        double[] advantages = batch.advantages().clone();
        Advantages.normalize(advantages);
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] *= batch.weights()[i];
        }
        return advantages;
    }

    private record GradientReport(double gain) implements PolicyUpdate.Report {
        @Override
        public Optional<String> remark() {
            return Optional.empty();
        }

        @Override
        public void measure(MetricValues values) {
            values.put(GradientUpdate.GAIN, gain);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_17_64_64_6"})
    void improvesThePolicyAndReportsAMetricOfItsOwn(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        Batch batch = Updates.batch(golden, golden.input("advantages"));
        PolicyUpdate update = new GradientUpdate(golden.policy(), 1e-3);
        RandomStream unused = new RandomStream(1, RandomStream.Role.POLICY_UPDATE, 0);
        MetricValues values = new MetricValues(List.of(GradientUpdate.GROUP));
        for (int i = 0; i < 3; i++) {
            update.update(theta, batch, 1, unused).measure(values);
            assertTrue(values.get(GradientUpdate.GAIN) > 0, "gain " + values.get(GradientUpdate.GAIN));
        }
        assertEquals(List.of("train/gain"), List.copyOf(values.byName().keySet()));
    }
}
