// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import io.gymwire.settings.Settings;
import io.gymwire.testing.Golden;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/**
 * Fits one critic twice, and compares each fit with the same fit in PyTorch. In each pass, Java and PyTorch take the
 * rows in the same order. Some minibatches fit into one block of rows (RowChunks.BLOCK_ROWS) and some need several. The
 * kernels split a matrix product into tiles, and the widths of the layers are not multiples of a tile's width. The
 * scale of the targets changes between the fits, and Adam's moments are kept.
 *
 * <p>The test also compares Adam's moments: Adam divides a step by the gradient's size, so theta would be nearly right
 * even if all gradients were too large by the same factor.
 */
final class GoldenCriticTest {
    private final Golden golden = Golden.read("critic");
    private final int[] epochs = counts("epochs");
    private final int[] minibatches = counts("minibatches");
    private final ValueFunction critic = critic();

    @Test
    void everyFitOfTheCriticAgreesWithTheIndependentImplementation() {
        for (int fit = 0; fit < epochs.length; fit++) {
            String name = "fit_" + fit + "_";
            DMatrixRMaj observations = observations(name);
            double[] returns = golden.array("inputs", name + "returns");
            RandomStream order = new RandomStream(golden.count("seed"), RandomStream.Role.MINIBATCH, fit);

            double error = critic.fitting(
                            observations, returns, new CriticFit.Passes(epochs[fit], minibatches[fit], order))
                    .run();

            assertClose(golden.number("outputs", name + "error"), error, DERIVATIVE, name + "error");
            assertClose(golden.number("outputs", name + "shift"), critic.shift(), DISTRIBUTION, name + "shift");
            assertClose(golden.number("outputs", name + "scale"), critic.scale(), DISTRIBUTION, name + "scale");
            assertClose(golden.array("outputs", name + "theta"), critic.theta(), DERIVATIVE, name + "theta");
            assertClose(
                    golden.array("outputs", name + "first_moment"),
                    critic.adam().firstMoment(),
                    DERIVATIVE,
                    name + "first moment");
            assertClose(
                    golden.array("outputs", name + "second_moment"),
                    critic.adam().secondMoment(),
                    DERIVATIVE,
                    name + "second moment");
            double[] values = new double[returns.length];
            critic.predict(observations, values);
            assertClose(golden.array("outputs", name + "values"), values, DERIVATIVE, name + "values");
        }
        assertEquals(golden.count("steps"), critic.adam().steps());
    }

    private ValueFunction critic() {
        ValueFunction fresh = new ValueFunction(
                new Mlp(counts("sizes")),
                Settings.DEFAULTS.with(CriticSettings.LEARNING_RATE, golden.number("meta", "learning_rate")),
                new RandomStream(1, RandomStream.Role.VALUE_INIT, 0));
        double[] theta = golden.array("inputs", "theta_initial");
        System.arraycopy(theta, 0, fresh.theta(), 0, theta.length);
        return fresh;
    }

    private DMatrixRMaj observations(String fit) {
        int width = counts("sizes")[0];
        double[] elements = golden.array("inputs", fit + "observations");
        return new DMatrixRMaj(elements.length / width, width, true, elements);
    }

    private int[] counts(String field) {
        return Arrays.stream(golden.array("meta", field))
                .mapToInt(count -> (int) count)
                .toArray();
    }
}
