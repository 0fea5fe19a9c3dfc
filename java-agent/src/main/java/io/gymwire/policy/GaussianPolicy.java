// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.policy;

import io.gymwire.linalg.RandomStream;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * A policy over k real numbers: pi(. | s) = N(mu, diag(sigma^2)) with mu = network(s) and log sigma a parameter vector
 * that does not depend on the state. theta = [network, log sigma].
 *
 * <p>Fisher information: diag(1 / sigma^2) with respect to mu, 2 I with respect to log sigma, none between them.
 * log sigma stays within [{@value #MIN_LOG_STD}, {@value #MAX_LOG_STD}].
 *
 * <p>An element of an action that is <em>clipped</em> counts as the environment takes it, clipped to [-1, 1]: drawn at
 * or beyond a limit, it has the probability of the whole tail there in place of its density. How far beyond changes
 * nothing in the environment, so that the policy's gradient keeps its mean and loses variance (Fujita and Maeda 2018).
 * Entropy, divergence and Fisher information stay those of what is drawn; as that decides what is taken, the divergence
 * of the actions taken is never greater.
 *
 * <p>Sampling may take its noise from the steps before too (Hollenstein et al. 2024): each action alone is still drawn
 * from pi, which is all that probabilities, divergences and gradients are about.
 */
public final class GaussianPolicy implements Policy {

    /** Least log sigma: below, the density of the actions sampled before leaves the range of a trust region step. */
    public static final double MIN_LOG_STD = -5;
    /** Greatest log sigma: actions are clipped to [-1, 1], so more noise says nothing. */
    public static final double MAX_LOG_STD = 2;
    /** Greatest color of the noise, red: a random walk. */
    public static final int MAX_NOISE_COLOR = 2;

    private static final double HEAD_GAIN = 0.01;
    private static final double HALF_LOG_TWO_PI = 0.5 * StrictMath.log(2 * Math.PI);

    private final Mlp network;
    private final int size;
    private final int logStd;
    private final double initialLogStd;
    private final boolean[] clipped;
    private final ColoredNoise noise;

    /**
     * A policy of the given shape, none of whose actions is clipped, with white noise.
     *
     * @param observationSize numbers per observation
     * @param hidden widths of the hidden layers
     * @param actionSize numbers per action
     * @param initialLogStd log sigma at the start, within its bounds
     */
    public GaussianPolicy(int observationSize, int[] hidden, int actionSize, double initialLogStd) {
        this(observationSize, hidden, initialLogStd, new boolean[actionSize], 0);
    }

    /**
     * A policy of the given shape.
     *
     * @param observationSize numbers per observation
     * @param hidden widths of the hidden layers
     * @param initialLogStd log sigma at the start, within its bounds
     * @param clipped of each number in an action, whether it counts as clipped; not modified
     * @param noiseColor exponent of the noise's power over its frequency, 1 / f^noiseColor, in
     *     [0, {@value #MAX_NOISE_COLOR}]; 0 is white
     */
    public GaussianPolicy(
            int observationSize, int[] hidden, double initialLogStd, boolean[] clipped, double noiseColor) {
        if (!(initialLogStd >= MIN_LOG_STD && initialLogStd <= MAX_LOG_STD)) {
            throw new IllegalArgumentException(
                    "the initial log std must lie in [" + MIN_LOG_STD + ", " + MAX_LOG_STD + "], got " + initialLogStd);
        }
        this.network = new Mlp(Shapes.layers(observationSize, hidden, clipped.length));
        this.size = clipped.length;
        this.clipped = clipped.clone();
        this.logStd = network.parameterCount();
        this.initialLogStd = initialLogStd;
        this.noise = new ColoredNoise(noiseColor);
    }

    @Override
    public Mlp network() {
        return network;
    }

    @Override
    public int parameterCount() {
        return logStd + size;
    }

    @Override
    public int actionSize() {
        return size;
    }

    @Override
    public void initialize(RandomStream random, double[] theta) {
        network.initialize(random, HEAD_GAIN, theta);
        Arrays.fill(theta, logStd, logStd + size, initialLogStd);
    }

    @Override
    public void project(double[] theta) {
        for (int i = logStd; i < logStd + size; i++) {
            theta[i] = Math.max(MIN_LOG_STD, Math.min(MAX_LOG_STD, theta[i]));
        }
    }

    @Override
    public void sample(
            double[] theta,
            DMatrixRMaj outputs,
            int row,
            RandomStream random,
            long step,
            DMatrixRMaj action,
            int actionRow) {
        for (int j = 0; j < size; j++) {
            double drawn = noise.at(random, step, size, j);
            action.data[actionRow * size + j] = Math.fma(std(theta, j), drawn, outputs.data[row * size + j]);
        }
    }

    @Override
    public void mode(double[] theta, DMatrixRMaj outputs, int row, DMatrixRMaj action, int actionRow) {
        System.arraycopy(outputs.data, row * size, action.data, actionRow * size, size);
    }

    @Override
    public void logProbability(
            double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] out, int from, int to) {
        double constant = 0;
        double[] inverseStd = new double[size];
        for (int j = 0; j < size; j++) {
            constant -= theta[logStd + j] + HALF_LOG_TWO_PI;
            inverseStd[j] = 1 / std(theta, j);
        }
        for (int row = from; row < to; row++) {
            double sum = 0;
            double tails = 0;
            for (int j = 0; j < size; j++) {
                double action = actions.data[row * size + j];
                double mean = outputs.data[row * size + j];
                if (inTail(action, j)) {
                    // The constant is that of a density, which a tail has none of.
                    tails += NormalTail.log(limitBeyond(action, mean) * inverseStd[j])
                            + theta[logStd + j] + HALF_LOG_TWO_PI;
                } else {
                    double z = (action - mean) * inverseStd[j];
                    sum += z * z;
                }
            }
            out[row] = constant - 0.5 * sum + tails;
        }
    }

    /** H = sum_j (log sigma_j + (1 + log 2 pi) / 2), the same for every state. */
    @Override
    public void entropy(double[] theta, DMatrixRMaj outputs, double[] out, int from, int to) {
        double entropy = 0;
        for (int j = 0; j < size; j++) {
            entropy += theta[logStd + j] + HALF_LOG_TWO_PI + 0.5;
        }
        Arrays.fill(out, from, to, entropy);
    }

    /**
     * sum_j log(sigma'_j / sigma_j) + (sigma_j^2 + (mu_j - mu'_j)^2) / (2 sigma'_j^2) - 1/2, primes on the new policy.
     */
    @Override
    public void divergence(
            double[] oldTheta,
            DMatrixRMaj oldOutputs,
            double[] newTheta,
            DMatrixRMaj newOutputs,
            double[] out,
            int from,
            int to) {
        double constant = 0;
        double[] weights = new double[size];
        for (int j = 0; j < size; j++) {
            double newVariance = std(newTheta, j) * std(newTheta, j);
            double logRatio = newTheta[logStd + j] - oldTheta[logStd + j];
            weights[j] = 0.5 / newVariance;
            // (sigma / sigma')^2 / 2 - 1/2 by expm1: exact zero where the standard deviations are equal.
            constant += logRatio + 0.5 * StrictMath.expm1(-2 * logRatio);
        }
        for (int row = from; row < to; row++) {
            double sum = 0;
            for (int j = 0; j < size; j++) {
                double distance = oldOutputs.data[row * size + j] - newOutputs.data[row * size + j];
                sum += weights[j] * distance * distance;
            }
            out[row] = constant + sum;
        }
    }

    /**
     * d log pi / d mu = (a - mu) / sigma^2, d log pi / d log sigma = ((a - mu) / sigma)^2 - 1, dH / d log sigma = 1.
     *
     * <p>In the tail beyond s = 1 or -1, with z = (1 - s mu) / sigma and the normal hazard h(z):
     * d log pi / d mu = s h(z) / sigma, d log pi / d log sigma = z h(z).
     */
    @Override
    public void gradient(
            double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] weights, double entropyWeight,
            double[] outputGradient, double[] gradient, int from, int to) {
        for (int j = 0; j < size; j++) {
            double inverseStd = 1 / std(theta, j);
            double sum = 0;
            for (int row = from; row < to; row++) {
                double action = actions.data[row * size + j];
                double mean = outputs.data[row * size + j];
                double byMean;
                double byLogStd;
                if (inTail(action, j)) {
                    double z = limitBeyond(action, mean) * inverseStd;
                    double hazard = NormalTail.hazard(z);
                    byMean = Math.copySign(hazard, action);
                    byLogStd = z * hazard;
                } else {
                    double z = (action - mean) * inverseStd;
                    byMean = z;
                    byLogStd = z * z - 1;
                }
                outputGradient[(row - from) * size + j] = weights[row] * byMean * inverseStd;
                sum += weights[row] * byLogStd;
            }
            gradient[logStd + j] += sum + entropyWeight * (to - from);
        }
    }

    /** The weights are 1 / sigma^2, the same for every state. */
    @Override
    public void fisherWeights(double[] theta, DMatrixRMaj outputs, double[] weights, int from, int to) {
        for (int j = 0; j < size; j++) {
            double inverseVariance = 1 / (std(theta, j) * std(theta, j));
            for (int row = from; row < to; row++) {
                weights[row * size + j] = inverseVariance;
            }
        }
    }

    @Override
    public void fisherOutputs(double[] weights, double[] tangents, double scale, int from, int to) {
        int start = from * size;
        for (int i = 0; i < (to - from) * size; i++) {
            tangents[i] *= scale * weights[start + i];
        }
    }

    @Override
    public void addFisherExtra(double[] theta, double[] v, double[] out) {
        for (int i = logStd; i < logStd + size; i++) {
            out[i] += 2 * v[i];
        }
    }

    @Override
    public double meanStd(double[] theta) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            sum += std(theta, j);
        }
        return sum / size;
    }

    private double std(double[] theta, int j) {
        return StrictMath.exp(theta[logStd + j]);
    }

    /** Whether the environment took the limit in place of the number drawn. */
    private boolean inTail(double action, int j) {
        return clipped[j] && Math.abs(action) >= 1;
    }

    /** How far the limit that the action is beyond lies beyond the mean; negative where the mean is beyond it too. */
    private static double limitBeyond(double action, double mean) {
        return action > 0 ? 1 - mean : 1 + mean;
    }
}
