// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.linalg.RowGroups;
import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Mlp;
import io.gymwire.policy.Policy;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The objective and the constraint of one update, as functions of theta:
 * L(theta) = mean_i exp(log pi_theta(a_i|s_i) - log pi_old(a_i|s_i)) A_i + c mean_i H(pi_theta(.|s_i)) and
 * KL(theta) = mean_i KL(pi_old(.|s_i) || pi_theta(.|s_i)).
 */
final class Surrogate {

    private final Policy policy;
    private final DMatrixRMaj actions;
    private final double[] advantages; // [N], normalised
    private final double entropyCoefficient;
    private final double[] oldTheta;
    private final Mlp.Activations old;
    private final double[] oldLogProbabilities; // [N]
    private final Mlp.Activations candidate;
    private final double[] logProbabilities; // [N]
    private final double[] divergences; // [N]
    private final double[] entropies; // [N]

    /**
     * The functions around theta_old, with a forward pass there.
     *
     * @param oldTheta copied
     * @param advantages normalised [N]; not copied
     */
    Surrogate(Policy policy, double[] oldTheta, DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages,
            double entropyCoefficient) {
        int rows = observations.numRows;
        this.policy = policy;
        this.actions = actions;
        this.advantages = advantages;
        this.entropyCoefficient = entropyCoefficient;
        this.oldTheta = oldTheta.clone();
        this.old = policy.network().activations(observations);
        this.oldLogProbabilities = new double[rows];
        this.candidate = policy.network().activations(observations);
        this.logProbabilities = new double[rows];
        this.divergences = new double[rows];
        this.entropies = new double[rows];
        RowGroups.forEach(rows, (group, from, to) -> {
            policy.network().forward(this.oldTheta, old, from, to);
            policy.logProbability(this.oldTheta, old.output(), actions, oldLogProbabilities, from, to);
        });
    }

    /** The values at one theta; the surrogate includes the entropy bonus. */
    record Point(double surrogate, double divergence, double entropy) {}

    /** Evaluates L, KL and the mean entropy. */
    Point at(double[] theta) {
        int rows = advantages.length;
        RowGroups.forEach(rows, (group, from, to) -> {
            policy.network().forward(theta, candidate, from, to);
            policy.logProbability(theta, candidate.output(), actions, logProbabilities, from, to);
            policy.divergence(oldTheta, old.output(), theta, candidate.output(), divergences, from, to);
            policy.entropy(theta, candidate.output(), entropies, from, to);
        });
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += StrictMath.exp(logProbabilities[i] - oldLogProbabilities[i]) * advantages[i];
        }
        double entropy = Vectors.mean(entropies);
        return new Point(sum / rows + entropyCoefficient * entropy, Vectors.mean(divergences), entropy);
    }

    /**
     * Computes dL/dtheta at theta_old, where every probability ratio is 1.
     *
     * @param gradient [P]; overwritten
     */
    void gradient(double[] gradient) {
        int rows = advantages.length;
        double[] weights = new double[rows];
        for (int i = 0; i < rows; i++) {
            weights[i] = advantages[i] / rows;
        }
        Mlp network = policy.network();
        double[][] groupSums = new double[RowGroups.MAX_COUNT][policy.parameterCount()];
        RowGroups.forEach(rows, (group, from, to) -> {
            double[] outputGradient = new double[(to - from) * network.outputSize()];
            policy.gradient(oldTheta, old.output(), actions, weights, entropyCoefficient / rows,
                    outputGradient, groupSums[group], from, to);
            network.backward(oldTheta, old, outputGradient, groupSums[group], from, to, new Mlp.Scratch());
        });
        Arrays.fill(gradient, 0);
        RowGroups.addAndClear(groupSums, rows, gradient);
    }

    /** The activations at theta_old over all states. */
    Mlp.Activations oldActivations() {
        return old;
    }

    /** theta_old. */
    double[] oldTheta() {
        return oldTheta;
    }
}
