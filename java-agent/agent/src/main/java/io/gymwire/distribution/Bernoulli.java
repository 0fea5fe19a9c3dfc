// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Independent bits: bit j is 1 with probability p_j = 1 / (1 + exp(-z_j)), where z = o(s) are the network's outputs.
 *
 * <p>log pi(a | s) = sum_j (a_j z_j - log(1 + exp(z_j))). The term log(1 + exp(z)) is computed as
 * max(z, 0) + log1p(exp(-|z|)), so the term is finite for every finite logit z. The Fisher information with respect to
 * the logits is diag(p (1 - p)). An action has one number for each bit, 0 or 1.
 */
public final class Bernoulli implements Distribution {

    private final int size;
    private final FactorPosition place;

    /** A distribution over {@code size} bits. */
    public Bernoulli(int size) {
        this(size, FactorPosition.FIRST);
    }

    Bernoulli(int size, FactorPosition place) {
        this.size = size;
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
    public void sample(
            DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow) {
        double[] logits = inputs.outputs().data;
        int start = start(inputs, row);
        int target = start(actions, actionRow);
        for (int j = 0; j < size; j++) {
            double threshold = random.uniform(step * actions.numCols + place.action() + j);
            actions.data[target + j] = threshold < probability(logits[start + j]) ? 1 : 0;
        }
    }

    /** Writes 1 for each bit with a probability above 1/2, else 0. */
    @Override
    public void mode(DistributionInputs inputs, int row, DMatrixRMaj actions, int actionRow) {
        double[] logits = inputs.outputs().data;
        int start = start(inputs, row);
        int target = start(actions, actionRow);
        for (int j = 0; j < size; j++) {
            actions.data[target + j] = logits[start + j] > 0 ? 1 : 0;
        }
    }

    @Override
    public void logProbability(DistributionInputs inputs, DMatrixRMaj actions, double[] out, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            int drawn = start(actions, row);
            double sum = 0;
            for (int j = 0; j < size; j++) {
                double logit = logits[start + j];
                sum -= softplus(actions.data[drawn + j] == 1 ? -logit : logit);
            }
            out[row] = sum;
        }
    }

    @Override
    public void entropy(DistributionInputs inputs, double[] out, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            double sum = 0;
            for (int j = 0; j < size; j++) {
                double logit = logits[start + j];
                sum += probability(logit) * softplus(-logit) + probability(-logit) * softplus(logit);
            }
            out[row] = sum;
        }
    }

    /** sum_j (p_j log(p_j / p'_j) + (1 - p_j) log((1 - p_j) / (1 - p'_j))); a prime marks the new policy. */
    @Override
    public void divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double[] out, int from, int to) {
        double[] oldLogits = oldInputs.outputs().data;
        double[] newLogits = newInputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(oldInputs, row);
            double sum = 0;
            for (int j = 0; j < size; j++) {
                double logit = oldLogits[start + j];
                double next = newLogits[start + j];
                sum += probability(logit) * (softplus(-next) - softplus(-logit))
                        + probability(-logit) * (softplus(next) - softplus(logit));
            }
            out[row] = sum;
        }
    }

    /** d log pi / dz_j = a_j - p_j, dH / dz_j = -z_j p_j (1 - p_j). */
    @Override
    public void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to) {
        double[] logits = inputs.outputs().data;
        DMatrixRMaj actions = objective.actions();
        double[] weights = objective.weights();
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            int drawn = start(actions, row);
            int target = start(inputs, row - from);
            for (int j = 0; j < size; j++) {
                double logit = logits[start + j];
                double p = probability(logit);
                outputGradient[target + j] = weights[row] * (actions.data[drawn + j] - p)
                        - objective.entropyWeight() * logit * p * probability(-logit);
            }
        }
    }

    /** dKL / dz'_j = p'_j - p_j; a prime marks the new policy. */
    @Override
    public void addDivergenceGradient(
            Divergence divergence, double[] outputGradient, double[] gradient, int from, int to) {
        double[] oldLogits = divergence.oldInputs().outputs().data;
        double[] newLogits = divergence.newInputs().outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(divergence.newInputs(), row);
            int target = start(divergence.newInputs(), row - from);
            for (int j = 0; j < size; j++) {
                outputGradient[target + j] +=
                        divergence.weight() * (probability(newLogits[start + j]) - probability(oldLogits[start + j]));
            }
        }
    }

    /** Writes p (1 - p). */
    @Override
    public void fisher(DistributionInputs inputs, double[] fisher, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            for (int i = start; i < start + size; i++) {
                fisher[i] = probability(logits[i]) * probability(-logits[i]);
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

    /** The index of a row's first logit. */
    private int start(DistributionInputs inputs, int row) {
        return row * inputs.width() + place.output();
    }

    /** The index of a row's first bit. */
    private int start(DMatrixRMaj actions, int row) {
        return row * actions.numCols + place.action();
    }

    private static double probability(double logit) {
        return 1 / (1 + StrictMath.exp(-logit));
    }

    /** log(1 + exp(x)). */
    private static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }
}
