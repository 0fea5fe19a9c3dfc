// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.DistributionMetrics;
import io.gymwire.distribution.Gaussian;
import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Activations;
import io.gymwire.net.Mlp;
import io.gymwire.net.Parameter;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class PolicyTest {
    private final RandomStream random = new RandomStream(1, RandomStream.Role.POLICY_INIT, 0);

    @Test
    void aCategoricalPolicyStartsUniform() {
        Policy policy = new Policy(new Mlp(4, 64, 64, 3), new Categorical(3));
        double[] theta = new double[policy.parameterCount()];
        policy.initialize(random, theta);
        Activations activations = policy.network().activations(new DMatrixRMaj(1, 4, true, 1, -2, 3, -1));
        policy.network().forward(theta, activations, 0, 1);
        for (int choice = 0; choice < 3; choice++) {
            double[] log = new double[1];
            policy.distribution()
                    .logProbability(policy.inputs(theta, activations), new DMatrixRMaj(1, 1, true, choice), log, 0, 1);
            assertEquals(1.0 / 3, Math.exp(log[0]), DISTRIBUTION);
        }
        assertTrue(Double.isNaN(std(policy, theta)));
    }

    @Test
    void theLogStdOfAGaussianPolicyComesAfterTheNetworksParametersAndStartsAtTheGivenValue() {
        Policy policy = new Policy(new Mlp(1, 2), new Gaussian(2, -0.5));
        double[] theta = new double[policy.parameterCount()];
        policy.initialize(random, theta);
        assertEquals(6, theta.length);
        assertEquals(0, theta[0], 0);
        assertEquals(-0.5, theta[4]);
        assertEquals(-0.5, theta[5]);
        assertEquals(Math.exp(-0.5), std(policy, theta), DISTRIBUTION);
    }

    @Test
    void projectionDoesNotChangeTheNetwork() {
        Policy policy = new Policy(new Mlp(1, 2), new Gaussian(2, -0.5));
        double[] theta = {50, -60, 70, 80, -7, 3};
        policy.project(theta);
        assertArrayEquals(new double[] {50, -60, 70, 80, Gaussian.MIN_LOG_STD, Gaussian.MAX_LOG_STD}, theta);
    }

    @Test
    void theNamedPartsAreConsecutiveAndCoverTheta() {
        Policy policy = new Policy(new Mlp(3, 5, 2), new Gaussian(2, 0));
        List<Parameter> parameters = policy.parameters();
        assertEquals(
                List.of("1.weight", "1.bias", "2.weight", "2.bias", "log_std"),
                parameters.stream().map(Parameter::name).toList());
        assertArrayEquals(new int[] {3, 5}, parameters.get(0).shape());
        int offset = 0;
        for (Parameter parameter : parameters) {
            assertEquals(offset, parameter.offset(), parameter.name());
            offset += parameter.size();
        }
        assertEquals(policy.parameterCount(), offset);
    }

    @Test
    void refusesANetworkThatDoesNotFitTheDistribution() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new Policy(new Mlp(3, 4), new Categorical(5)))
                .getMessage();
        assertTrue(message.contains("4") && message.contains("5"), message);
    }

    private static double std(Policy policy, double[] theta) {
        MetricValues values = new MetricValues(List.of(DistributionMetrics.GROUP));
        policy.measure(theta, values);
        return values.get(DistributionMetrics.STD);
    }
}
