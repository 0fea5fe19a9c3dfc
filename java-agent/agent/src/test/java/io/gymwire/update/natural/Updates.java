// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.distribution.Categorical;
import io.gymwire.net.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.testing.Golden;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.Surrogate;
import io.gymwire.update.UpdateSettings;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** Functions for tests. Some make objects, usually from a {@link GoldenUpdate}; the others compute with vectors. */
public final class Updates {

    private Updates() {}

    public static Settings config(GoldenUpdate golden) {
        Golden file = golden.golden();
        return Settings.DEFAULTS
                .with(TrustRegionSettings.DELTA, file.number("meta", "delta"))
                .with(TrustRegionSettings.CG_ITERATIONS, file.count("cg_iterations"))
                .with(TrustRegionSettings.CG_TOLERANCE, file.number("meta", "cg_tolerance"))
                .with(TrustRegionSettings.CG_DAMPING, file.number("meta", "damping"))
                .with(TrustRegionSettings.LINE_SEARCH_STEPS, file.count("line_search_steps"))
                .with(TrustRegionSettings.LINE_SEARCH_SHRINK, file.number("meta", "line_search_shrink"))
                .with(TrustRegionSettings.ACCEPT_RATIO, file.number("meta", "accept_ratio"))
                .with(UpdateSettings.ENTROPY, file.number("meta", "entropy_coefficient"));
    }

    /** Settings with the given values. Settings that are not arguments have the usual values of these tests. */
    public static Settings config(double delta, double acceptRatio, double entropyCoefficient) {
        return Settings.DEFAULTS
                .with(TrustRegionSettings.DELTA, delta)
                .with(TrustRegionSettings.CG_ITERATIONS, 10)
                .with(TrustRegionSettings.CG_TOLERANCE, 1e-10)
                .with(TrustRegionSettings.CG_DAMPING, 0.01)
                .with(TrustRegionSettings.LINE_SEARCH_STEPS, 10)
                .with(TrustRegionSettings.LINE_SEARCH_SHRINK, 0.8)
                .with(TrustRegionSettings.ACCEPT_RATIO, acceptRatio)
                .with(UpdateSettings.ENTROPY, entropyCoefficient);
    }

    /** A batch with the states and actions of a golden update, and with the given advantages. */
    public static Batch batch(GoldenUpdate golden, double[] advantages) {
        return Batch.onPolicy(golden.observations(), golden.actions(), advantages);
    }

    public static Surrogate surrogate(GoldenUpdate golden) {
        return surrogate(golden, golden.golden().number("meta", "entropy_coefficient"));
    }

    public static Surrogate surrogate(GoldenUpdate golden, double entropyCoefficient) {
        return new Surrogate(golden.policy(), entropyCoefficient)
                .prepare(golden.input("theta"), golden.observations(), golden.actions(), golden.input("advantages"));
    }

    static FisherVectorProduct fisher(GoldenUpdate golden, double damping) {
        double[] theta = golden.input("theta");
        return new FisherVectorProduct(golden.policy(), damping).at(theta, golden.forward(theta));
    }

    public static double[] gradient(Surrogate surrogate, int length) {
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
    public static double[] moved(double[] start, double scale, double[] direction) {
        double[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += scale * direction[i];
        }
        return moved;
    }

    public static double[] gaussians(Random random, int length) {
        double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextGaussian();
        }
        return values;
    }

    /**
     * A policy with two actions. With {@code theta}, the first action has probability 1 in every state: the probability
     * of the second action, exp(-2000), is rounded to 0.
     *
     * @param theta zeros [4]; this method sets the two biases
     */
    static Policy certainPolicy(double[] theta) {
        Mlp network = new Mlp(1, 2);
        theta[network.biasOffset(1)] = 1000;
        theta[network.biasOffset(1) + 1] = -1000;
        return new Policy(network, new Categorical(2));
    }

    /** A matrix with one column. */
    static DMatrixRMaj column(double... values) {
        return new DMatrixRMaj(values.length, 1, true, values);
    }
}
