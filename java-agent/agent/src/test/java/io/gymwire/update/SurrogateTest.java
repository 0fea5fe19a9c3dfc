// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DIFFERENCE_STEP;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.FINITE_DIFFERENCE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.Vectors;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.natural.Updates;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SurrogateTest {

    @ParameterizedTest
    @ValueSource(strings = {"categorical_entropy_4_6_3", "gaussian_entropy_5_7_3_2"})
    void gradientIsTheDerivativeOfTheSurrogateWithEntropy(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        Surrogate surrogate = Updates.surrogate(golden);
        double[] expected = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double middle = theta[i];
            theta[i] = middle + DIFFERENCE_STEP;
            double up = surrogate.at(theta).surrogate();
            theta[i] = middle - DIFFERENCE_STEP;
            expected[i] = (up - surrogate.at(theta).surrogate()) / (2 * DIFFERENCE_STEP);
            theta[i] = middle;
        }
        assertClose(expected, Updates.gradient(surrogate, theta.length), FINITE_DIFFERENCE, "gradient");
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_entropy_4_6_3", "gaussian_entropy_5_7_3_2"})
    void entropyBonusIsItsCoefficientTimesTheMeanEntropy(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        Surrogate without = Updates.surrogate(golden, 0);
        Surrogate with = Updates.surrogate(golden, 0.5);
        Surrogate.Point plain = without.at(golden.input("theta_new"));
        Surrogate.Point bonus = with.at(golden.input("theta_new"));
        assertEquals(plain.surrogate() + 0.5 * plain.entropy(), bonus.surrogate(), DISTRIBUTION);
        assertEquals(plain.divergence(), bonus.divergence());
        assertClose(golden.result("entropy_mean"), without.at(theta).entropy(), DISTRIBUTION, "entropy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_3_8_8_1"})
    void atTheOldParametersTheDivergenceIsZero(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        assertEquals(0, Updates.surrogate(golden).at(golden.input("theta")).divergence(), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_entropy_4_6_3", "gaussian_entropy_5_7_3_2"})
    void atOldThetaReturnsWhatTheMethodAtReturnsForTheOldParameters(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        Surrogate surrogate = Updates.surrogate(golden);
        assertEquals(surrogate.at(golden.input("theta")), surrogate.atOldTheta());
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_3_8_8_1"})
    void theSurrogateKeepsItsOwnCopyOfTheOldParameters(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        Surrogate surrogate = new Surrogate(golden.policy(), 0)
                .prepare(theta, golden.observations(), golden.actions(), golden.input("advantages"));
        theta[0] = 99;
        assertArrayEquals(golden.input("theta"), surrogate.oldTheta());
        assertTrue(surrogate.at(theta).divergence() > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"categorical_3_16_5", "gaussian_3_8_8_1"})
    void contributionsOfTheSamplesAddUpToTheGradient(String name) {
        GoldenUpdate golden = GoldenUpdate.named(name);
        double[] theta = golden.input("theta");
        double[] advantages = golden.input("advantages");
        double[] sum = new double[theta.length];
        for (int i = 0; i < advantages.length; i++) {
            double[] only = new double[advantages.length];
            only[i] = advantages[i];
            Surrogate one =
                    new Surrogate(golden.policy(), 0).prepare(theta, golden.observations(), golden.actions(), only);
            sum = Updates.moved(sum, 1, Updates.gradient(one, theta.length));
        }
        double[] whole = Updates.gradient(Updates.surrogate(golden), theta.length);
        assertClose(whole, sum, DERIVATIVE, "gradient");
        assertTrue(Vectors.norm(whole) > 0);
    }
}
