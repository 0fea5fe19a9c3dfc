// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.policy;

import io.gymwire.linalg.RandomStream;
import org.ejml.data.DMatrixRMaj;

/**
 * A policy over n choices: pi(a | s) = softmax(z)_a with the logits z = network(s).
 *
 * <p>log pi(a) = z_a - logsumexp(z), computed with the greatest logit subtracted, so logits of any finite size are
 * safe. Fisher information with respect to the logits: diag(p) - p p'. An action is one number, the index of the
 * choice.
 */
public final class CategoricalPolicy implements Policy {

    private static final double HEAD_GAIN = 0.01;

    private final Mlp network;
    private final int choices;

    /**
     * A policy of the given shape.
     *
     * @param observationSize numbers per observation
     * @param hidden widths of the hidden layers
     * @param choices number of actions
     */
    public CategoricalPolicy(int observationSize, int[] hidden, int choices) {
        this.network = new Mlp(Shapes.layers(observationSize, hidden, choices));
        this.choices = choices;
    }

    @Override
    public Mlp network() {
        return network;
    }

    @Override
    public int parameterCount() {
        return network.parameterCount();
    }

    @Override
    public int actionSize() {
        return 1;
    }

    @Override
    public void initialize(RandomStream random, double[] theta) {
        network.initialize(random, HEAD_GAIN, theta);
    }

    @Override
    public void project(double[] theta) {
        // Every logit is allowed.
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
        double logNormalizer = logSumExp(outputs.data, row * choices);
        double threshold = random.uniform(step);
        double cumulative = 0;
        int choice = 0;
        while (choice < choices - 1) {
            cumulative += StrictMath.exp(outputs.data[row * choices + choice] - logNormalizer);
            if (threshold < cumulative) {
                break;
            }
            choice++;
        }
        action.data[actionRow] = choice;
    }

    @Override
    public void mode(double[] theta, DMatrixRMaj outputs, int row, DMatrixRMaj action, int actionRow) {
        int best = 0;
        for (int choice = 1; choice < choices; choice++) {
            if (outputs.data[row * choices + choice] > outputs.data[row * choices + best]) {
                best = choice;
            }
        }
        action.data[actionRow] = best;
    }

    @Override
    public void logProbability(
            double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] out, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = row * choices;
            out[row] = outputs.data[start + (int) actions.data[row]] - logSumExp(outputs.data, start);
        }
    }

    @Override
    public void entropy(double[] theta, DMatrixRMaj outputs, double[] out, int from, int to) {
        for (int row = from; row < to; row++) {
            out[row] = entropy(outputs.data, row * choices);
        }
    }

    @Override
    public void divergence(
            double[] oldTheta,
            DMatrixRMaj oldOutputs,
            double[] newTheta,
            DMatrixRMaj newOutputs,
            double[] out,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            int start = row * choices;
            double oldNormalizer = logSumExp(oldOutputs.data, start);
            double newNormalizer = logSumExp(newOutputs.data, start);
            double sum = 0;
            for (int i = start; i < start + choices; i++) {
                double oldLog = oldOutputs.data[i] - oldNormalizer;
                double newLog = newOutputs.data[i] - newNormalizer;
                sum += StrictMath.exp(oldLog) * (oldLog - newLog);
            }
            out[row] = sum;
        }
    }

    /** d log p_a / dz = onehot(a) - p, and dH / dz_j = -p_j (log p_j + H). */
    @Override
    public void gradient(
            double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] weights, double entropyWeight,
            double[] outputGradient, double[] gradient, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = row * choices;
            int target = (row - from) * choices;
            double logNormalizer = logSumExp(outputs.data, start);
            double entropy = entropyWeight == 0 ? 0 : entropy(outputs.data, start);
            for (int j = 0; j < choices; j++) {
                double log = outputs.data[start + j] - logNormalizer;
                double p = StrictMath.exp(log);
                outputGradient[target + j] = -weights[row] * p - entropyWeight * p * (log + entropy);
            }
            outputGradient[target + (int) actions.data[row]] += weights[row];
        }
    }

    /** The weights are the probabilities p. */
    @Override
    public void fisherWeights(double[] theta, DMatrixRMaj outputs, double[] weights, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = row * choices;
            double logNormalizer = logSumExp(outputs.data, start);
            for (int i = start; i < start + choices; i++) {
                weights[i] = StrictMath.exp(outputs.data[i] - logNormalizer);
            }
        }
    }

    @Override
    public void fisherOutputs(double[] weights, double[] tangents, double scale, int from, int to) {
        for (int row = from; row < to; row++) {
            int start = row * choices;
            int target = (row - from) * choices;
            double mean = 0;
            for (int j = 0; j < choices; j++) {
                mean += weights[start + j] * tangents[target + j];
            }
            for (int j = 0; j < choices; j++) {
                tangents[target + j] = scale * weights[start + j] * (tangents[target + j] - mean);
            }
        }
    }

    @Override
    public void addFisherExtra(double[] theta, double[] v, double[] out) {
        // All parameters are the network's.
    }

    @Override
    public double meanStd(double[] theta) {
        return Double.NaN;
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
