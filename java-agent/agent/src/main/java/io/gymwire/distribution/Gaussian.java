// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.Metric;
import io.gymwire.net.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/**
 * A distribution over k real numbers: pi(. | s) = N(mu, diag(sigma^2)). The network's outputs o(s) are mu. The
 * distribution's own parameters {@code log_std} [k] are log sigma. They do not depend on the state.
 *
 * <p>Fisher information: diag(1 / sigma^2) with respect to mu, 2 I with respect to log sigma, 0 between mu and log
 * sigma. The value log sigma stays within [{@value #MIN_LOG_STD}, {@value #MAX_LOG_STD}].
 *
 * <p>For a <em>clipped</em> element of an action, pi is the distribution of the number that the environment uses: the
 * drawn number, clipped to [-1, 1]. If the drawn number is at or beyond a limit, its density is replaced by the
 * probability of all numbers beyond the limit. The distance beyond the limit has no effect in the environment.
 * Therefore the estimate of the policy gradient keeps its expectation and has less variance (Fujita and Maeda 2018).
 * Entropy, divergence and Fisher information are those of the drawn actions, before clipping. The divergence of the
 * clipped actions is not greater than that of the drawn actions: clipping is a function, and no function increases the
 * divergence (data processing inequality).
 *
 * <p>Sampling can also use colored noise, which contains noise of earlier steps (Hollenstein et al. 2024). Each
 * number of the noise is still N(0, 1), but it is not independent of the state: earlier noise had an effect on the
 * state, and is also a part of the noise of this step. So, in a given state, the action is not exactly distributed as
 * pi(. | s). Probabilities, divergences and gradients ignore this. So the policy gradient is biased with colored noise.
 */
public final class Gaussian implements Distribution {

    /** The minimum of log sigma. Below it, one update changes the densities of the sampled actions too much. */
    public static final double MIN_LOG_STD = -5;
    /**
     * The maximum of log sigma. {@link BoxDecoder} clips drawn numbers to [-1, 1], so more noise has hardly any effect.
     * The exceptions are the elements that it does not rescale.
     */
    public static final double MAX_LOG_STD = 2;
    /** The maximum color of the noise: red noise, which is a scaled sum of successive numbers of white noise. */
    public static final int MAX_NOISE_COLOR = 2;

    private static final double HALF_LOG_TWO_PI = 0.5 * StrictMath.log(2 * Math.PI);

    private final int size;
    private final double initialLogStd;
    private final boolean[] clipped;
    private final ColoredNoise noise;
    private final FactorPosition place;

    /**
     * A distribution without clipped elements, with white noise.
     *
     * @param size k, the number of elements of an action
     * @param initialLogStd log sigma at the start, within its bounds
     */
    public Gaussian(int size, double initialLogStd) {
        this(new boolean[size], initialLogStd, 0);
    }

    /**
     * A distribution.
     *
     * @param clipped for each element of an action, whether it is clipped [k]; not modified
     * @param initialLogStd log sigma at the start, within its bounds
     * @param noiseColor the noise's power falls with the frequency f as 1 / f^noiseColor; in
     *     [0, {@value #MAX_NOISE_COLOR}]
     */
    public Gaussian(boolean[] clipped, double initialLogStd, double noiseColor) {
        this(clipped, initialLogStd, noiseColor, FactorPosition.FIRST);
    }

    Gaussian(boolean[] clipped, double initialLogStd, double noiseColor, FactorPosition place) {
        if (!(initialLogStd >= MIN_LOG_STD && initialLogStd <= MAX_LOG_STD)) {
            throw new IllegalArgumentException(
                    "the initial log std must lie in [" + MIN_LOG_STD + ", " + MAX_LOG_STD + "]; got " + initialLogStd);
        }
        this.size = clipped.length;
        this.clipped = clipped.clone();
        this.initialLogStd = initialLogStd;
        this.noise = new ColoredNoise(noiseColor);
        this.place = place;
    }

    @Override
    public int outputSize() {
        return size;
    }

    @Override
    public int actionSize() {
        return size;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter("log_std", 0, size));
    }

    @Override
    public void initialize(double[] theta, int own) {
        int first = own + place.own();
        Arrays.fill(theta, first, first + size, initialLogStd);
    }

    @Override
    public void project(double[] theta, int own) {
        int first = own + place.own();
        for (int i = first; i < first + size; i++) {
            theta[i] = Math.max(MIN_LOG_STD, Math.min(MAX_LOG_STD, theta[i]));
        }
    }

    @Override
    public void sample(
            DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow) {
        double[] means = inputs.outputs().data;
        int start = start(inputs, row);
        int target = start(actions, actionRow);
        for (int j = 0; j < size; j++) {
            double drawn = noise.at(random, step, actions.numCols, place.action() + j);
            actions.data[target + j] = Math.fma(std(inputs, j), drawn, means[start + j]);
        }
    }

    @Override
    public void mode(DistributionInputs inputs, int row, DMatrixRMaj actions, int actionRow) {
        System.arraycopy(inputs.outputs().data, start(inputs, row), actions.data, start(actions, actionRow), size);
    }

    @Override
    public void logProbability(DistributionInputs inputs, DMatrixRMaj actions, double[] out, int from, int to) {
        double[] means = inputs.outputs().data;
        double constant = 0;
        double[] inverseStd = new double[size];
        for (int j = 0; j < size; j++) {
            constant -= logStd(inputs, j) + HALF_LOG_TWO_PI;
            inverseStd[j] = 1 / std(inputs, j);
        }
        for (int row = from; row < to; row++) {
            double sum = 0;
            double tails = 0;
            int start = start(inputs, row);
            int drawn = start(actions, row);
            for (int j = 0; j < size; j++) {
                double action = actions.data[drawn + j];
                double mean = means[start + j];
                if (inTail(action, j)) {
                    // A tail has a probability, not a density. The last two terms cancel the term of j in `constant`.
                    tails += NormalTail.log(distanceToLimit(action, mean) * inverseStd[j])
                            + logStd(inputs, j)
                            + HALF_LOG_TWO_PI;
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
    public void entropy(DistributionInputs inputs, double[] out, int from, int to) {
        double entropy = 0;
        for (int j = 0; j < size; j++) {
            entropy += logStd(inputs, j) + HALF_LOG_TWO_PI + 0.5;
        }
        Arrays.fill(out, from, to, entropy);
    }

    /**
     * sum_j (log(sigma'_j / sigma_j) + (sigma_j^2 + (mu_j - mu'_j)^2) / (2 sigma'_j^2) - 1/2); a prime marks the new
     * policy.
     */
    @Override
    public void divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double[] out, int from, int to) {
        double[] oldMeans = oldInputs.outputs().data;
        double[] newMeans = newInputs.outputs().data;
        double constant = 0;
        double[] weights = new double[size];
        for (int j = 0; j < size; j++) {
            double newVariance = std(newInputs, j) * std(newInputs, j);
            double logRatio = logStd(newInputs, j) - logStd(oldInputs, j);
            weights[j] = 0.5 / newVariance;
            // (sigma / sigma')^2 / 2 - 1/2. With expm1 it is exactly 0 if the standard deviations are equal.
            constant += logRatio + 0.5 * StrictMath.expm1(-2 * logRatio);
        }
        for (int row = from; row < to; row++) {
            double sum = 0;
            int start = start(oldInputs, row);
            for (int j = 0; j < size; j++) {
                double distance = oldMeans[start + j] - newMeans[start + j];
                sum += weights[j] * distance * distance;
            }
            out[row] = constant + sum;
        }
    }

    /**
     * d log pi / d mu = (a - mu) / sigma^2, d log pi / d log sigma = ((a - mu) / sigma)^2 - 1, dH / d log sigma = 1.
     *
     * <p>For a clipped element at or beyond the limit b (1 or -1): d log pi / d mu = b h(z) / sigma,
     * d log pi / d log sigma = z h(z). Here z is (1 - b mu) / sigma, and h is the hazard function of Z ~ N(0, 1): the
     * density of Z at z divided by P(Z &gt;= z).
     */
    @Override
    public void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to) {
        double[] means = inputs.outputs().data;
        DMatrixRMaj actions = objective.actions();
        double[] weights = objective.weights();
        for (int j = 0; j < size; j++) {
            double inverseStd = 1 / std(inputs, j);
            double sum = 0;
            for (int row = from; row < to; row++) {
                double action = actions.data[start(actions, row) + j];
                double mean = means[start(inputs, row) + j];
                double byMean;
                double byLogStd;
                if (inTail(action, j)) {
                    double z = distanceToLimit(action, mean) * inverseStd;
                    double hazard = NormalTail.hazard(z);
                    byMean = Math.copySign(hazard, action);
                    byLogStd = z * hazard;
                } else {
                    double z = (action - mean) * inverseStd;
                    byMean = z;
                    byLogStd = z * z - 1;
                }
                outputGradient[start(inputs, row - from) + j] = weights[row] * byMean * inverseStd;
                sum += weights[row] * byLogStd;
            }
            gradient[own(inputs) + j] += sum + objective.entropyWeight() * (to - from);
        }
    }

    /**
     * dKL / dmu' = (mu' - mu) / sigma'^2, dKL / d log sigma' = 1 - (sigma^2 + (mu - mu')^2) / sigma'^2; a prime marks
     * the new policy.
     */
    @Override
    public void addDivergenceGradient(
            Divergence divergence, double[] outputGradient, double[] gradient, int from, int to) {
        DistributionInputs inputs = divergence.newInputs();
        double[] oldMeans = divergence.oldInputs().outputs().data;
        double[] newMeans = inputs.outputs().data;
        for (int j = 0; j < size; j++) {
            double oldVariance = std(divergence.oldInputs(), j) * std(divergence.oldInputs(), j);
            double newVariance = std(inputs, j) * std(inputs, j);
            double sum = 0;
            for (int row = from; row < to; row++) {
                double distance = newMeans[start(inputs, row) + j] - oldMeans[start(inputs, row) + j];
                outputGradient[start(inputs, row - from) + j] += divergence.weight() * distance / newVariance;
                sum += 1 - (oldVariance + distance * distance) / newVariance;
            }
            gradient[own(inputs) + j] += divergence.weight() * sum;
        }
    }

    /** Writes 1 / sigma^2, the same for every state. */
    @Override
    public void fisher(DistributionInputs inputs, double[] fisher, int from, int to) {
        for (int j = 0; j < size; j++) {
            double inverseVariance = 1 / (std(inputs, j) * std(inputs, j));
            for (int row = from; row < to; row++) {
                fisher[start(inputs, row) + j] = inverseVariance;
            }
        }
    }

    @Override
    public void multiplyFisher(
            DistributionInputs inputs, double[] fisher, double[] tangents, double scale, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            int target = start(inputs, row - from);
            for (int j = 0; j < size; j++) {
                tangents[target + j] *= scale * fisher[start + j];
            }
        }
    }

    @Override
    public void addOwnFisher(DistributionInputs inputs, double[] v, double[] out) {
        for (int i = own(inputs); i < own(inputs) + size; i++) {
            out[i] += 2 * v[i];
        }
    }

    @Override
    public Map<Metric, Total> totals(double[] theta, int own) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            sum += StrictMath.exp(theta[own + place.own() + j]);
        }
        return Map.of(DistributionMetrics.STD, new Total(sum, size));
    }

    /** The index of a row's first mean. */
    private int start(DistributionInputs inputs, int row) {
        return row * inputs.width() + place.output();
    }

    /** The index of the first number of a row's action. */
    private int start(DMatrixRMaj actions, int row) {
        return row * actions.numCols + place.action();
    }

    /** The index in theta of the first log sigma. */
    private int own(DistributionInputs inputs) {
        return inputs.own() + place.own();
    }

    private double logStd(DistributionInputs inputs, int j) {
        return inputs.theta()[own(inputs) + j];
    }

    private double std(DistributionInputs inputs, int j) {
        return StrictMath.exp(logStd(inputs, j));
    }

    /** Whether a tail's probability replaces the density: the element is clipped, and at or beyond a limit. */
    private boolean inTail(double action, int j) {
        return clipped[j] && Math.abs(action) >= 1;
    }

    /** The distance from the mean to the limit that the action has reached; negative if the mean is beyond it. */
    private static double distanceToLimit(double action, double mean) {
        return action > 0 ? 1 - mean : 1 + mean;
    }
}
