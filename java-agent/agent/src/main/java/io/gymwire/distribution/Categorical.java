// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import org.ejml.data.DMatrixRMaj;

/**
 * A distribution over n choices: pi(a | s) = softmax(z)_a, where the logits z = o(s) are the network's outputs.
 *
 * <p>log pi(a) = z_a - logsumexp(z), computed with the greatest logit subtracted, so the exponentials cannot
 * overflow. Fisher information with respect to the logits: diag(p) - p p', where p is the vector of the probabilities
 * and p' its transpose. An action is one number, the index of the choice.
 */
public final class Categorical implements Distribution {

    private final int choices;
    private final FactorPosition place;

    /** A distribution over {@code choices} actions. */
    public Categorical(int choices) {
        this(choices, FactorPosition.FIRST);
    }

    Categorical(int choices, FactorPosition place) {
        this.choices = choices;
        this.place = place;
    }

    @Override
    public int outputSize() {
        return choices;
    }

    @Override
    public int actionSize() {
        return 1;
    }

    @Override
    public void sample(
            DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow) {
        double[] logits = inputs.outputs().data;
        int start = start(inputs, row);
        double logNormalizer = logSumExp(logits, start);
        double threshold = random.uniform(step * actions.numCols + place.action());
        double cumulative = 0;
        int choice = 0;
        while (choice < choices - 1) {
            cumulative += StrictMath.exp(logits[start + choice] - logNormalizer);
            if (threshold < cumulative) {
                break;
            }
            choice++;
        }
        actions.data[actionRow * actions.numCols + place.action()] = choice;
    }

    @Override
    public void mode(DistributionInputs inputs, int row, DMatrixRMaj actions, int actionRow) {
        double[] logits = inputs.outputs().data;
        int start = start(inputs, row);
        int best = 0;
        for (int choice = 1; choice < choices; choice++) {
            if (logits[start + choice] > logits[start + best]) {
                best = choice;
            }
        }
        actions.data[actionRow * actions.numCols + place.action()] = best;
    }

    @Override
    public void logProbability(DistributionInputs inputs, DMatrixRMaj actions, double[] out, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            out[row] = logits[start + choice(actions, row)] - logSumExp(logits, start);
        }
    }

    @Override
    public void entropy(DistributionInputs inputs, double[] out, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            out[row] = entropy(logits, start(inputs, row));
        }
    }

    @Override
    public void divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double[] out, int from, int to) {
        double[] oldLogits = oldInputs.outputs().data;
        double[] newLogits = newInputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(oldInputs, row);
            double oldNormalizer = logSumExp(oldLogits, start);
            double newNormalizer = logSumExp(newLogits, start);
            double sum = 0;
            for (int i = start; i < start + choices; i++) {
                double oldLog = oldLogits[i] - oldNormalizer;
                double newLog = newLogits[i] - newNormalizer;
                sum += StrictMath.exp(oldLog) * (oldLog - newLog);
            }
            out[row] = sum;
        }
    }

    /** d log p_a / dz = onehot(a) - p, and dH / dz_j = -p_j (log p_j + H), where H is the entropy. */
    @Override
    public void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to) {
        double[] logits = inputs.outputs().data;
        double[] weights = objective.weights();
        double entropyWeight = objective.entropyWeight();
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            int target = start(inputs, row - from);
            double logNormalizer = logSumExp(logits, start);
            double entropy = entropyWeight == 0 ? 0 : entropy(logits, start);
            for (int j = 0; j < choices; j++) {
                double log = logits[start + j] - logNormalizer;
                double p = StrictMath.exp(log);
                outputGradient[target + j] = -weights[row] * p - entropyWeight * p * (log + entropy);
            }
            outputGradient[target + choice(objective.actions(), row)] += weights[row];
        }
    }

    /** dKL / dz_new = p_new - p_old. */
    @Override
    public void addDivergenceGradient(
            Divergence divergence, double[] outputGradient, double[] gradient, int from, int to) {
        double[] oldLogits = divergence.oldInputs().outputs().data;
        double[] newLogits = divergence.newInputs().outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(divergence.newInputs(), row);
            int target = start(divergence.newInputs(), row - from);
            double oldNormalizer = logSumExp(oldLogits, start);
            double newNormalizer = logSumExp(newLogits, start);
            for (int j = 0; j < choices; j++) {
                double oldP = StrictMath.exp(oldLogits[start + j] - oldNormalizer);
                double newP = StrictMath.exp(newLogits[start + j] - newNormalizer);
                outputGradient[target + j] += divergence.weight() * (newP - oldP);
            }
        }
    }

    /** Writes the probabilities p. */
    @Override
    public void fisher(DistributionInputs inputs, double[] fisher, int from, int to) {
        double[] logits = inputs.outputs().data;
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            double logNormalizer = logSumExp(logits, start);
            for (int i = start; i < start + choices; i++) {
                fisher[i] = StrictMath.exp(logits[i] - logNormalizer);
            }
        }
    }

    @Override
    public void multiplyFisher(
            DistributionInputs inputs, double[] fisher, double[] tangents, double scale, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = start(inputs, row);
            int target = start(inputs, row - from);
            double mean = 0;
            for (int j = 0; j < choices; j++) {
                mean += fisher[start + j] * tangents[target + j];
            }
            for (int j = 0; j < choices; j++) {
                tangents[target + j] = scale * fisher[start + j] * (tangents[target + j] - mean);
            }
        }
    }

    /** The index of a row's first logit. */
    private int start(DistributionInputs inputs, int row) {
        return row * inputs.width() + place.output();
    }

    private int choice(DMatrixRMaj actions, int row) {
        return (int) actions.data[row * actions.numCols + place.action()];
    }

    private double entropy(double[] logits, int start) {
        double logNormalizer = logSumExp(logits, start);
        double sum = 0;
        for (int i = start; i < start + choices; i++) {
            double log = logits[i] - logNormalizer;
            sum -= StrictMath.exp(log) * log;
        }
        return sum;
    }

    private double logSumExp(double[] logits, int start) {
        double greatest = logits[start];
        for (int i = start + 1; i < start + choices; i++) {
            greatest = Math.max(greatest, logits[i]);
        }
        double sum = 0;
        for (int i = start; i < start + choices; i++) {
            sum += StrictMath.exp(logits[i] - greatest);
        }
        return greatest + StrictMath.log(sum);
    }
}
