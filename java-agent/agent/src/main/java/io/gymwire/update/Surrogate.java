// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.ChunkSums;
import io.gymwire.linalg.RowChunks;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The objective and the constraint of one update, as functions of theta. They are means over the N states s_i of a
 * batch. Each state has K actions a_ik with normalised advantages A_ik. There are P parameters. H is the entropy, and c
 * is {@code entropyCoefficient}.
 *
 * <pre>
 *   L(theta)  = mean_i sum_k rho_ik w_ik A_ik + c mean_i H(pi_theta(.|s_i))
 *   KL(theta) = mean_i KL(pi_old(.|s_i) || pi_theta(.|s_i))
 *   rho_ik    = r_ik                       where r_ik = pi_theta(a_ik|s_i) / pi_old(a_ik|s_i)
 *             or K r_ik / sum_j r_ij       in vine sampling, if the K actions of a state are drawn from pi_old
 * </pre>
 *
 * <p>If the batch has no branches (no vine sampling), K = 1 and rho = r, and the weight w is in {@link Batch#weights}:
 * w is 1 for a sample that pi_old collected, and another number for a sample of an earlier policy. If the batch has
 * branches, w is in {@link io.gymwire.rollout.Branches}: w is 0 in a state without branches. The second form of rho is
 * the self-normalised estimator of Schulman et al. 2015 (arXiv:1502.05477), equation 16.
 */
public final class Surrogate {

    private final Policy policy;
    private final Network network;
    private final Distribution distribution;
    private final double entropyCoefficient;
    private final double[] oldTheta; // [P]
    private final double[] transposed; // [P], the transposed weights at theta_old
    private final ChunkSums sums;
    private final double[][] outputGradients = new double[RowChunks.MAX_COUNT][];
    private DMatrixRMaj[] actions; // [K] of [N][action size]
    private double[][] advantages; // [K][N], the products w_ik A_ik, where A is normalised
    private boolean selfNormalized;
    private Activations old;
    private DistributionInputs oldInputs;
    private Activations candidate;
    private double[][] oldLogProbabilities = {}; // [K][N]
    private double[][] weights; // [K][N], the factors of d log pi(a_ik|s_i) in dL/dtheta
    private double[][] ratios; // [K][N], rho_ik
    private double[] divergences = {}; // [N]
    private double[] entropies; // [N]

    /**
     * Allocates the memory whose size does not depend on the batch, for example for theta_old. {@link #prepare} sets
     * theta_old and the batch, and allocates the rest of the memory.
     */
    public Surrogate(Policy policy, double entropyCoefficient) {
        this.policy = policy;
        this.network = policy.network();
        this.distribution = policy.distribution();
        this.entropyCoefficient = entropyCoefficient;
        this.oldTheta = new double[policy.parameterCount()];
        this.transposed = new double[oldTheta.length];
        this.sums = new ChunkSums(oldTheta.length);
        Arrays.setAll(outputGradients, chunk -> new double[RowChunks.BLOCK_ROWS * network.outputSize()]);
    }

    /**
     * Sets theta_old and the batch, and runs a forward pass at theta_old.
     *
     * @param theta theta_old; copied
     * @param batch the batch. The batch and the advantages are not copied, so they must not change while this object is
     *     used
     * @param advantages [K][N], the products w_ik A_ik from {@link Advantages#weigh}
     */
    public Surrogate prepare(double[] theta, Batch batch, double[][] advantages) {
        DMatrixRMaj[] actions = new DMatrixRMaj[batch.actionsPerState()];
        Arrays.setAll(actions, batch::actions);
        this.selfNormalized = batch.selfNormalized();
        return prepare(theta, batch.observations(), actions, advantages);
    }

    /**
     * Sets theta_old and a batch of one action in each state, and runs a forward pass at theta_old. The caller must
     * have normalised the advantages [N] and multiplied them by the samples' weights.
     */
    public Surrogate prepare(double[] theta, DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages) {
        this.selfNormalized = false;
        return prepare(theta, observations, new DMatrixRMaj[] {actions}, new double[][] {advantages});
    }

    private Surrogate prepare(double[] theta, DMatrixRMaj observations, DMatrixRMaj[] actions, double[][] advantages) {
        int rows = observations.numRows;
        System.arraycopy(theta, 0, oldTheta, 0, oldTheta.length);
        this.actions = actions;
        this.advantages = advantages;
        if (rows != divergences.length || actions.length != oldLogProbabilities.length) {
            oldLogProbabilities = new double[actions.length][rows];
            weights = new double[actions.length][rows];
            ratios = new double[actions.length][rows];
            divergences = new double[rows];
            entropies = new double[rows];
        }
        sums.reserve(rows);
        old = network.activations(observations, old);
        oldInputs = policy.inputs(oldTheta, old);
        candidate = network.activations(observations, candidate);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(oldTheta, old, from, to);
            logProbabilities(oldInputs, oldLogProbabilities, from, to);
        });
        return this;
    }

    private void logProbabilities(DistributionInputs inputs, double[][] out, int from, int to) {
        for (int k = 0; k < actions.length; k++) {
            distribution.logProbability(inputs, actions[k], out[k], from, to);
        }
    }

    /** The values at one theta; the surrogate includes the entropy bonus. */
    public record Point(double surrogate, double divergence, double entropy) {}

    /** Evaluates L, KL and the mean entropy. */
    public Point at(double[] theta) {
        int rows = divergences.length;
        DistributionInputs inputs = policy.inputs(theta, candidate);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            policy.forward(theta, candidate, from, to);
            logProbabilities(inputs, ratios, from, to);
            for (int i = from; i < to; i++) {
                compare(i);
            }
            distribution.divergence(oldInputs, inputs, divergences, from, to);
            distribution.entropy(inputs, entropies, from, to);
        });
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < ratios.length; k++) {
                sum += ratios[k][i] * advantages[k][i];
            }
        }
        double entropy = Vectors.mean(entropies);
        return new Point(sum / rows + entropyCoefficient * entropy, Vectors.mean(divergences), entropy);
    }

    /** Computes rho_ik from the log probabilities of state i. */
    private void compare(int i) {
        double greatest = selfNormalized ? Double.NEGATIVE_INFINITY : 0;
        for (int k = 0; k < ratios.length; k++) {
            ratios[k][i] -= oldLogProbabilities[k][i];
            // Self-normalised ratios do not change if all ratios r_ik of a state are divided by the same number. The
            // subtraction of `greatest` below, before exp, divides all r_ik by the greatest r_ik, so that exp does not
            // overflow.
            greatest = selfNormalized ? Math.max(greatest, ratios[k][i]) : 0;
        }
        double sum = 0;
        for (int k = 0; k < ratios.length; k++) {
            ratios[k][i] = StrictMath.exp(ratios[k][i] - greatest);
            sum += ratios[k][i];
        }
        if (selfNormalized) {
            double mean = sum / ratios.length;
            for (int k = 0; k < ratios.length; k++) {
                ratios[k][i] /= mean;
            }
        }
    }

    /** The values at theta_old, where every probability ratio is 1 and the divergence is 0. */
    public Point atOldTheta() {
        distribution.entropy(oldInputs, entropies, 0, entropies.length);
        double entropy = Vectors.mean(entropies);
        // If a log probability at theta_old is not finite, surrogate and divergence must be NaN. Then the line search,
        // which compares the surrogate of each candidate with this surrogate, finds the NaN and rejects the step.
        boolean finite = Arrays.stream(oldLogProbabilities).allMatch(Vectors::isFinite);
        double sum = 0;
        for (int i = 0; i < entropies.length; i++) {
            sum += sumOfAdvantages(i);
        }
        double surrogate = finite ? sum / entropies.length + entropyCoefficient * entropy : Double.NaN;
        return new Point(surrogate, finite ? 0 : Double.NaN, entropy);
    }

    private double sumOfAdvantages(int i) {
        double sum = 0;
        for (double[] each : advantages) {
            sum += each[i];
        }
        return sum;
    }

    /**
     * Computes dL/dtheta at theta_old. Every ratio is 1 there, so d r_ik = d log pi(a_ik|s_i). For self-normalised
     * ratios, d rho_ik = d r_ik - mean_j d r_ij, so the mean of a state's advantages is subtracted from each advantage.
     *
     * @param gradient [P]; overwritten
     */
    public void gradient(double[] gradient) {
        int rows = divergences.length;
        for (int i = 0; i < rows; i++) {
            double mean = selfNormalized ? sumOfAdvantages(i) / advantages.length : 0;
            for (int k = 0; k < advantages.length; k++) {
                weights[k][i] = (advantages[k][i] - mean) / rows;
            }
        }
        network.transposeWeights(oldTheta, transposed);
        RowChunks.forEach(rows, (chunk, from, to) -> {
            double[] outputGradient = outputGradients[chunk];
            double[] sum = sums.of(chunk);
            distribution.gradient(oldInputs, objective(0), outputGradient, sum, from, to);
            if (actions.length > 1) {
                double[] further = new double[(to - from) * network.outputSize()];
                for (int k = 1; k < actions.length; k++) {
                    distribution.gradient(oldInputs, objective(k), further, sum, from, to);
                    Vectors.add(further, outputGradient);
                }
            }
            network.backward(transposed, old, outputGradient, sum, from, to);
        });
        sums.addUp(rows, gradient);
    }

    /** The contribution of the k-th actions to L. Only the contribution of k = 0 includes the entropy. */
    private Distribution.Objective objective(int k) {
        double entropyWeight = k == 0 ? entropyCoefficient / divergences.length : 0;
        return new Distribution.Objective(actions[k], weights[k], entropyWeight);
    }

    /** The activations at theta_old over all states. */
    public Activations oldActivations() {
        return old;
    }

    /** log pi_old(a_i|s_i) of the first action in each state [N]. */
    public double[] oldLogProbabilities() {
        return oldLogProbabilities[0];
    }

    /** The parameters theta_old, not a copy [P]. */
    public double[] oldTheta() {
        return oldTheta;
    }
}
