// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

import io.gymwire.distribution.Categorical;
import io.gymwire.net.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.testing.Golden;
import io.gymwire.testing.GoldenUpdate;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** What the tests of this package make of a golden case. */
final class Updates {

    private Updates() {}

    static TrpoConfig config(GoldenUpdate golden) {
        Golden file = golden.golden();
        return TrpoConfig.defaults()
                .withDelta(file.number("meta", "delta"))
                .withConjugateGradient(
                        file.count("cg_iterations"),
                        file.number("meta", "cg_tolerance"),
                        file.number("meta", "damping"))
                .withLineSearch(
                        file.count("line_search_steps"),
                        file.number("meta", "line_search_shrink"),
                        file.number("meta", "accept_ratio"))
                .withEntropyCoefficient(file.number("meta", "entropy_coefficient"));
    }

    /** A configuration with the usual values where a test does not care. */
    static TrpoConfig config(double delta, double acceptRatio, double entropyCoefficient) {
        return TrpoConfig.defaults()
                .withDelta(delta)
                .withConjugateGradient(10, 1e-10, 0.01)
                .withLineSearch(10, 0.8, acceptRatio)
                .withEntropyCoefficient(entropyCoefficient);
    }

    /** The case's states and actions with other advantages; the critic plays no part. */
    static Batch batch(GoldenUpdate golden, double[] advantages) {
        return Batch.onPolicy(
                golden.observations(), golden.actions(), advantages, new double[advantages.length], advantages);
    }

    static Surrogate surrogate(GoldenUpdate golden) {
        return surrogate(golden, golden.golden().number("meta", "entropy_coefficient"));
    }

    static Surrogate surrogate(GoldenUpdate golden, double entropyCoefficient) {
        return new Surrogate(golden.policy(), entropyCoefficient)
                .around(golden.input("theta"), golden.observations(), golden.actions(), golden.input("advantages"));
    }

    static FisherVectorProduct fisher(GoldenUpdate golden, double damping) {
        double[] theta = golden.input("theta");
        return new FisherVectorProduct(golden.policy(), damping).at(theta, golden.forward(theta));
    }

    static double[] gradient(Surrogate surrogate, int length) {
        double[] gradient = new double[length];
        surrogate.gradient(gradient);
        return gradient;
    }

    static double[] times(ConjugateGradient.Operator operator, double[] v) {
        double[] out = new double[v.length];
        operator.multiply(v, out);
        return out;
    }

    /** start + scale * direction. */
    static double[] moved(double[] start, double scale, double[] direction) {
        double[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += scale * direction[i];
        }
        return moved;
    }

    static double[] gaussians(Random random, int length) {
        double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextGaussian();
        }
        return values;
    }

    /** A policy of two actions whose first is all but certain in every state. */
    static Policy certainPolicy(double[] theta) {
        Mlp network = new Mlp(1, 2);
        theta[network.biasOffset(1)] = 1000;
        theta[network.biasOffset(1) + 1] = -1000;
        return new Policy(network, new Categorical(2));
    }

    /** One column. */
    static DMatrixRMaj column(double... values) {
        return new DMatrixRMaj(values.length, 1, true, values);
    }
}
