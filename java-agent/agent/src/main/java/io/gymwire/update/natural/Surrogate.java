// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.ChunkSums;
import io.gymwire.linalg.RowChunks;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Sampling;
import io.gymwire.update.Advantages;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The objective and the constraint of one update, as functions of theta:
 * L(theta) = mean_i exp(log pi_theta(a_i|s_i) - log pi_old(a_i|s_i)) w_i A_i + c mean_i H(pi_theta(.|s_i)) and
 * KL(theta) = mean_i KL(pi_old(.|s_i) || pi_theta(.|s_i)). The weights w_i are 1 for a sample of pi_old itself.
 */
class Surrogate {

    private final Policy policy;
    private final Network network;
    private final Distribution distribution;
    private final double entropyCoefficient;
    private final double[] oldTheta; // [P]
    private final double[] transposed; // [P], the weights at theta_old
    private final ChunkSums sums;
    private final double[][] outputGradients = new double[RowChunks.MAX_COUNT][];
    private DMatrixRMaj actions;
    private double[] advantages; // [N], normalised and weighed
    private double[] weighed = new double[0]; // [N], those of a batch
    private Activations old;
    private DistributionInputs oldInputs;
    private Activations candidate;
    private double[] oldLogProbabilities; // [N]
    private double[] weights; // [N]
    private double[] ratios; // [N]
    private double[] divergences; // [N]
    private double[] entropies; // [N]

    /** Room for the functions of a policy; {@link #around} says which. */
    Surrogate(Policy policy, double entropyCoefficient) {
        this.policy = policy;
        this.network = policy.network();
        this.distribution = policy.distribution();
        this.entropyCoefficient = entropyCoefficient;
        this.oldTheta = new double[policy.parameterCount()];
        this.transposed = new double[oldTheta.length];
        this.sums = new ChunkSums(oldTheta.length);
        Arrays.setAll(outputGradients, chunk -> new double[RowChunks.BLOCK_ROWS * network.outputSize()]);
    }

    /** The surrogate of the batches that a sampling gives. */
    static Surrogate of(Sampling sampling, Policy policy, double entropyCoefficient) {
        return sampling == Sampling.VINE
                ? new VineSurrogate(policy, entropyCoefficient)
                : new Surrogate(policy, entropyCoefficient);
    }

    /**
     * Makes these the functions around theta for a batch, with a forward pass there. Advantages are normalised before
     * they are weighed, so that rollouts reused do not shift what counts as better than average.
     *
     * @param theta theta_old; copied
     * @param batch not modified; must stay as it is while the functions are used
     * @return whether the advantages differ: where they do not, L is constant but for its entropy
     */
    boolean around(double[] theta, Batch batch) {
        double[] room = room(batch.size());
        System.arraycopy(batch.advantages(), 0, room, 0, room.length);
        boolean differ = Advantages.normalize(room);
        for (int i = 0; i < room.length; i++) {
            room[i] *= batch.weights()[i];
        }
        around(theta, batch.observations(), batch.actions(), room);
        return differ;
    }

    /** Room for the advantages of a batch, which keeps its contents as long as batches have the same size. */
    final double[] room(int rows) {
        if (weighed.length != rows) {
            weighed = new double[rows];
        }
        return weighed;
    }

    /**
     * Makes these the functions around theta, with a forward pass there.
     *
     * @param theta theta_old; copied
     * @param observations not copied, likewise the rest: must stay as they are while the functions are used
     * @param advantages normalised, times the samples' weights [N]
     */
    Surrogate around(double[] theta, DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages) {
        int rows = observations.numRows;
        System.arraycopy(theta, 0, oldTheta, 0, oldTheta.length);
        this.actions = actions;
        this.advantages = advantages;
        if (old == null || rows != ratios.length) {
            oldLogProbabilities = new double[rows];
            weights = new double[rows];
            ratios = new double[rows];
            divergences = new double[rows];
            entropies = new double[rows];
        }
        sums.reserve(rows);
        old = network.activations(observations, old);
        oldInputs = policy.inputs(oldTheta, old);
        candidate = network.activations(observations, candidate);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(oldTheta, old, from, to);
            distribution.logProbability(oldInputs, actions, oldLogProbabilities, from, to);
        });
        return this;
    }

    /** The values at one theta; the surrogate includes the entropy bonus. */
    record Point(double surrogate, double divergence, double entropy) {}

    /** Evaluates L, KL and the mean entropy. */
    Point at(double[] theta) {
        int rows = advantages.length;
        DistributionInputs inputs = policy.inputs(theta, candidate);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(theta, candidate, from, to);
            distribution.logProbability(inputs, actions, ratios, from, to);
            for (int i = from; i < to; i++) {
                ratios[i] = StrictMath.exp(ratios[i] - oldLogProbabilities[i]);
            }
            distribution.divergence(oldInputs, inputs, divergences, from, to);
            distribution.entropy(inputs, entropies, from, to);
        });
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += ratios[i] * advantages[i];
        }
        double entropy = Vectors.mean(entropies);
        return new Point(sum / rows + entropyCoefficient * entropy, Vectors.mean(divergences), entropy);
    }

    /** The values at theta_old, where every probability ratio is 1 and the divergence is 0. */
    Point atOldTheta() {
        distribution.entropy(oldInputs, entropies, 0, entropies.length);
        double entropy = Vectors.mean(entropies);
        // An output that is not finite must show: the candidates' values are compared with these.
        boolean finite = Vectors.isFinite(oldLogProbabilities);
        double surrogate = finite ? Vectors.mean(advantages) + entropyCoefficient * entropy : Double.NaN;
        return new Point(surrogate, finite ? 0 : Double.NaN, entropy);
    }

    /**
     * Computes dL/dtheta at theta_old, where every probability ratio is 1.
     *
     * @param gradient [P]; overwritten
     */
    void gradient(double[] gradient) {
        int rows = advantages.length;
        for (int i = 0; i < rows; i++) {
            weights[i] = advantages[i] / rows;
        }
        Distribution.Objective objective = new Distribution.Objective(actions, weights, entropyCoefficient / rows);
        network.transposeWeights(oldTheta, transposed);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            double[] outputGradient = outputGradients[chunk];
            distribution.gradient(oldInputs, objective, outputGradient, sums.of(chunk), from, to);
            network.backward(transposed, old, outputGradient, sums.of(chunk), from, to);
        });
        sums.addUp(rows, gradient);
    }

    /** The activations at theta_old over all states. */
    Activations oldActivations() {
        return old;
    }

    /** theta_old. */
    double[] oldTheta() {
        return oldTheta;
    }
}
