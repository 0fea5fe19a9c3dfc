// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.metrics.MetricValues;
import io.gymwire.testing.GoldenUpdate;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares two successive updates of PPO with the same updates in PyTorch. Some cases clip the ratios, and the others
 * have a KL penalty. Some updates end early, some have sample weights, and some have minibatches that are split into
 * several chunks ({@code RowChunks}). The last minibatch of a pass is smaller than the other minibatches.
 */
final class GoldenPpoTest {

    @ParameterizedTest
    @MethodSource("io.gymwire.update.ppo.PpoUpdates#cases")
    void wholeUpdatesAgreeWithTheIndependentImplementation(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        PpoUpdate update = new PpoUpdate(golden.policy(), PpoUpdates.config(golden));
        double[] theta = golden.input("theta");
        for (int i = 0; i < golden.golden().count("updates"); i++) {
            String prefix = "update_" + i + "_";
            MetricValues values = new MetricValues(List.of(PpoMetrics.GROUP));

            update.update(theta, PpoUpdates.batch(golden, i), 1, PpoUpdates.order(i))
                    .measure(values);

            assertClose(golden.output(prefix + "theta"), theta, DERIVATIVE, "theta");
            assertClose(
                    golden.output(prefix + "first_moment"),
                    update.state().get("adam.first_moment"),
                    DERIVATIVE,
                    "first moment");
            assertClose(
                    golden.output(prefix + "second_moment"),
                    update.state().get("adam.second_moment"),
                    DERIVATIVE,
                    "second moment");
            assertEquals(golden.result(prefix + "next_beta"), update.state().get("kl_penalty")[0]);
            assertEquals(golden.result(prefix + "epochs"), values.get(PpoMetrics.EPOCHS));
            assertClose(golden.result(prefix + "loss"), values.get(PpoMetrics.POLICY_GRADIENT_LOSS), 1e-10, "loss");
            assertClose(
                    golden.result(prefix + "gradient_norm"), values.get(PpoMetrics.GRADIENT_NORM), DERIVATIVE, "|g|");
            assertClose(golden.result(prefix + "epoch_kl"), values.get(PpoMetrics.EPOCH_KL), 1e-10, "KL of a pass");
            assertClose(golden.result(prefix + "kl"), values.get(PpoMetrics.KL_DIVERGENCE), 1e-10, "KL");
            boolean penalised = golden.golden().number("meta", "kl_penalty") > 0;
            assertEquals(
                    penalised ? Double.NaN : golden.result(prefix + "clip_fraction"),
                    values.get(PpoMetrics.CLIP_FRACTION),
                    1e-12);
            assertEquals(penalised ? golden.result(prefix + "beta") : Double.NaN, values.get(PpoMetrics.KL_PENALTY));
        }
    }
}
