// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.ChunkSums;
import io.gymwire.linalg.RowChunks;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Branches;
import io.gymwire.update.Advantages;
import java.util.Arrays;

/**
 * The surrogate of vine sampling (Schulman et al. 2015, arXiv:1502.05477, section 5.2), L(theta) = mean_n L_n(theta)
 * over the N states that branches left, plus the entropy bonus. KL and entropy are averaged over all states of the
 * trunk, which are from the same distribution and many more.
 *
 * <p>Where all actions were tried, L_n(theta) = sum_a pi_theta(a|s_n) Q(s_n, a). Where K were drawn from pi_old, the
 * paper's self-normalised estimator, with r_k(theta) = pi_theta(a_k|s_n) / pi_old(a_k|s_n):
 *
 * <pre>
 *   L_n(theta) = sum_k r_k Q(s_n, a_k) / sum_k r_k
 * </pre>
 *
 * <p>Where every Q of a state changes by c, both change by c and their gradients by nothing: probabilities add up to 1,
 * and so do r_k / sum r_k. So Q is replaced by an advantage A = Q - sum_k p_k Q_k, p_k = pi_old(a_k|s_n) or 1 / K,
 * which makes L(theta_old) = 0, and divided by one standard deviation over all states, sqrt(mean_n sum_k p_k A_k^2),
 * which makes the step's length independent of the reward's unit.
 *
 * <p>The gradient at theta_old is sum_k p_k A_k d log pi(a_k|s_n) in both cases: in the first as d pi = pi d log pi; in
 * the second by the quotient rule, as r_k = 1 and sum_k r_k = K there, d L_n = sum_k dr_k Q_k / K - sum_k Q_k / K^2
 * sum_k dr_k = 1/K sum_k (Q_k - mean Q) d log pi(a_k|s_n). The baseline, mean Q, holds the sample's own Q: the
 * expectation of the second gradient is (1 - 1/K) times that of the first, a factor that is the same in every state and
 * that the length of a trust region step does not depend on.
 */
final class VineSurrogate extends Surrogate {

    private final Policy policy;
    private final Distribution distribution;
    private final double[] transposed; // [P], the weights at theta_old
    private final double[] own; // [P], the branches' part of the gradient
    private final ChunkSums sums;
    private Branches branches;
    private double[][] advantages = {}; // A [K][N]
    private double[][] probabilities = {}; // p [K][N]
    private double[][] oldLogs = {}; // log pi_old(a_k|s_n) [K][N]
    private double[][] logs = {}; // log pi_theta(a_k|s_n) [K][N]
    private Activations old;
    private DistributionInputs oldInputs;
    private Activations candidate;

    VineSurrogate(Policy policy, double entropyCoefficient) {
        super(policy, entropyCoefficient);
        this.policy = policy;
        this.distribution = policy.distribution();
        this.transposed = new double[policy.parameterCount()];
        this.own = new double[transposed.length];
        this.sums = new ChunkSums(transposed.length);
    }

    /** Advantages of 0 leave KL and entropy of what the trunk's states have. */
    @Override
    boolean around(double[] theta, Batch batch) {
        double[] none = room(batch.size());
        Arrays.fill(none, 0);
        around(theta, batch.observations(), batch.actions(), none);
        branches = batch.branches()
                .orElseThrow(() -> new IllegalArgumentException("a batch of vine sampling has branches"));
        reserve(branches.shape());
        old = policy.network().activations(branches.observations(), old);
        oldInputs = policy.inputs(oldTheta(), old);
        candidate = policy.network().activations(branches.observations(), candidate);
        logProbabilities(oldTheta(), old, oldLogs);
        for (int k = 0; k < advantages.length; k++) {
            for (int n = 0; n < advantages[k].length; n++) {
                probabilities[k][n] =
                        branches.shape().allActions() ? StrictMath.exp(oldLogs[k][n]) : 1.0 / advantages.length;
            }
        }
        return normalizeAdvantages();
    }

    private void reserve(Branches.Shape shape) {
        if (advantages.length != shape.actions() || advantages[0].length != shape.states()) {
            advantages = new double[shape.actions()][shape.states()];
            probabilities = new double[shape.actions()][shape.states()];
            oldLogs = new double[shape.actions()][shape.states()];
            logs = new double[shape.actions()][shape.states()];
        }
        sums.reserve(shape.states());
    }

    private void logProbabilities(double[] theta, Activations activations, double[][] out) {
        DistributionInputs inputs = policy.inputs(theta, activations);
        RowChunks.forEach(branches.shape().states(), (chunk, from, to) -> {
            policy.forward(theta, activations, from, to);
            for (int k = 0; k < out.length; k++) {
                distribution.logProbability(inputs, branches.actions(k), out[k], from, to);
            }
        });
    }

    /** Makes the values advantages of standard deviation 1, or 0 where they differ by rounding alone. */
    private boolean normalizeAdvantages() {
        double greatest = 0;
        for (int k = 0; k < advantages.length; k++) {
            greatest = Math.max(greatest, Vectors.greatest(branches.values(k)));
        }
        double variance = 0;
        for (int n = 0; n < advantages[0].length; n++) {
            double baseline = 0;
            for (int k = 0; k < advantages.length; k++) {
                advantages[k][n] = greatest == 0 ? 0 : branches.values(k)[n] / greatest;
                baseline += probabilities[k][n] * advantages[k][n];
            }
            for (int k = 0; k < advantages.length; k++) {
                advantages[k][n] -= baseline;
                variance += probabilities[k][n] * advantages[k][n] * advantages[k][n];
            }
        }
        double std = Math.sqrt(variance / advantages[0].length);
        boolean differ = std > Advantages.RELATIVE_SPREAD;
        for (double[] row : advantages) {
            for (int n = 0; n < row.length; n++) {
                row[n] = differ ? row[n] / std : 0;
            }
        }
        return differ;
    }

    @Override
    Point at(double[] theta) {
        Point trunk = super.at(theta);
        logProbabilities(theta, candidate, logs);
        return new Point(trunk.surrogate() + value(logs), trunk.divergence(), trunk.entropy());
    }

    @Override
    Point atOldTheta() {
        Point trunk = super.atOldTheta();
        return new Point(trunk.surrogate() + value(oldLogs), trunk.divergence(), trunk.entropy());
    }

    /** The mean of L_n where the actions have these log probabilities. */
    private double value(double[][] logs) {
        double sum = 0;
        for (int n = 0; n < advantages[0].length; n++) {
            sum += branches.shape().allActions() ? expectation(logs, n) : selfNormalized(logs, n);
        }
        return sum / advantages[0].length;
    }

    private double expectation(double[][] logs, int n) {
        double sum = 0;
        for (int k = 0; k < advantages.length; k++) {
            sum += StrictMath.exp(logs[k][n]) * advantages[k][n];
        }
        return sum;
    }

    /** With each ratio divided by the greatest, so that none overflows. */
    private double selfNormalized(double[][] logs, int n) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < advantages.length; k++) {
            greatest = Math.max(greatest, logs[k][n] - oldLogs[k][n]);
        }
        double sum = 0;
        double all = 0;
        for (int k = 0; k < advantages.length; k++) {
            double ratio = StrictMath.exp(logs[k][n] - oldLogs[k][n] - greatest);
            sum += ratio * advantages[k][n];
            all += ratio;
        }
        return sum / all;
    }

    @Override
    void gradient(double[] gradient) {
        super.gradient(gradient);
        int states = advantages[0].length;
        double[][] weights = new double[advantages.length][states];
        for (int k = 0; k < weights.length; k++) {
            for (int n = 0; n < states; n++) {
                weights[k][n] = probabilities[k][n] * advantages[k][n] / states;
            }
        }
        policy.network().transposeWeights(oldTheta(), transposed);
        RowChunks.forEach(states, (chunk, from, to) -> {
            double[] sum = new double[(to - from) * distribution.outputSize()];
            double[] one = new double[sum.length];
            for (int k = 0; k < weights.length; k++) {
                Distribution.Objective objective = new Distribution.Objective(branches.actions(k), weights[k], 0);
                distribution.gradient(oldInputs, objective, one, sums.of(chunk), from, to);
                Vectors.add(one, sum);
            }
            policy.network().backward(transposed, old, sum, sums.of(chunk), from, to);
        });
        sums.addUp(states, own);
        Vectors.add(own, gradient);
    }
}
