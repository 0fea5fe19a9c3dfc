// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.ChunkSums;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.update.Surrogate;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The loss of proximal policy optimisation over a minibatch of n samples, and its gradient. Let r_i be
 * pi_theta(a_i|s_i) / pi_old(a_i|s_i), w_i the samples' weights, A_i their normalised advantages, H_i the entropy of
 * pi_theta(.|s_i), and c the coefficient of the entropy. The loss is (Schulman et al. 2017, equations 7 and 8, with the
 * entropy of equation 9)
 *
 * <pre>
 *   clipped   -mean_i min(w_i r_i A_i, clip(w_i r_i, w_i - eps, w_i + eps) A_i)  - c mean_i H_i
 *   penalty   -mean_i w_i r_i A_i + beta mean_i KL(pi_old(.|s_i) || pi_theta(.|s_i))  - c mean_i H_i
 * </pre>
 *
 * <p>w_i is 1 for a sample of pi_old. For a sample of an earlier policy pi_k, w_i is pi_old / pi_k, so w_i r_i is
 * pi_theta / pi_k. (Large weights are limited, see {@link Batch#weights}.) At theta_old, w_i r_i is w_i. So the centre
 * of the clip range is w_i, and not 1 (Queeney et al. 2021, arXiv:2111.00072). If the second term of the min is the
 * smaller one, the sample contributes only to the gradient of the entropy. N and P are as in {@link Surrogate}.
 */
final class MinibatchLoss {

    private final Policy policy;
    private final Network network;
    private final Distribution distribution;
    private final Shape shape;
    private final double[] transposed; // [P], the transposed weights at theta
    private final ChunkSums sums;
    private final double[][] outputGradients = new double[RowChunks.MAX_COUNT][];

    // The data of one minibatch of up to m rows.
    private final DMatrixRMaj observations; // [m][observation size]
    private final DMatrixRMaj actions; // [m][action size]
    private final DMatrixRMaj oldOutputs; // [m][outputs]
    private final Activations activations;
    private final double[] ratios; // r [m]
    private final double[] scores; // factors of grad log pi_theta(a_i|s_i) in the gradient [m]
    private final double[] divergences; // [m]

    private Batch batch;
    private double[] advantages; // A [N]
    private Surrogate old;

    /**
     * The form of the loss.
     *
     * @param clipRange eps
     * @param entropyCoefficient c
     * @param penalised whether there is a penalty instead of clipping
     */
    record Shape(double clipRange, double entropyCoefficient, boolean penalised) {}

    /**
     * The rows of a minibatch.
     *
     * @param order the rows of the batch in the order of the pass
     * @param from the index in {@code order} where the minibatch begins
     * @param to the index in {@code order} where the minibatch ends, exclusive
     */
    record Rows(int[] order, int from, int to) {
        int count() {
            return to - from;
        }
    }

    /**
     * Sums over a minibatch at one theta.
     *
     * @param surrogate the sum of min(w r A, clip(w r, w - eps, w + eps) A). With a penalty instead of clipping, it is
     *     the sum of w r A. The terms of the entropy and of the penalty are never included
     * @param divergence the sum of KL(old || theta), in nats
     * @param clipped the number of samples with w r beyond the clip range
     */
    record Sums(double surrogate, double divergence, int clipped) {}

    /** Allocates memory for minibatches of up to {@code most} rows. */
    MinibatchLoss(Policy policy, Shape shape, int most) {
        this.policy = policy;
        this.network = policy.network();
        this.distribution = policy.distribution();
        this.shape = shape;
        this.transposed = new double[policy.parameterCount()];
        this.sums = new ChunkSums(policy.parameterCount());
        sums.reserve(most);
        int outputs = network.outputSize();
        Arrays.setAll(
                outputGradients,
                chunk -> new double[chunk < RowChunks.count(most) ? RowChunks.BLOCK_ROWS * outputs : 0]);
        this.observations = new DMatrixRMaj(most, network.inputSize());
        this.actions = new DMatrixRMaj(most, distribution.actionSize());
        this.oldOutputs = new DMatrixRMaj(most, outputs);
        this.activations = network.activations(observations);
        this.ratios = new double[most];
        this.scores = new double[most];
        this.divergences = new double[most];
    }

    /** The maximum number of rows of a minibatch. */
    int most() {
        return ratios.length;
    }

    /**
     * Sets the batch from which minibatches are taken. The arguments are not copied.
     *
     * @param advantages A, normalised [N]
     * @param old the object that compares policies with theta_old on the batch's observations and actions
     */
    void prepare(Batch batch, double[] advantages, Surrogate old) {
        this.batch = batch;
        this.advantages = advantages;
        this.old = old;
    }

    /**
     * Computes the gradient of the loss, and the {@link Sums} over the minibatch.
     *
     * @param theta [P]; not modified
     * @param beta the penalty's coefficient; not used without a penalty
     * @param gradient [P]; overwritten
     */
    Sums differentiate(double[] theta, Rows rows, double beta, double[] gradient) {
        int count = rows.count();
        network.transposeWeights(theta, transposed);
        DistributionInputs inputs = policy.inputs(theta, activations);
        DistributionInputs oldInputs = new DistributionInputs(old.oldTheta(), network.parameterCount(), oldOutputs);
        Distribution.Objective objective =
                new Distribution.Objective(actions, scores, -shape.entropyCoefficient() / count);
        Distribution.Divergence penalty = new Distribution.Divergence(oldInputs, inputs, beta / count);
        RowChunks.forEach(count, (chunk, from, to) -> {
            gather(rows, from, to);
            policy.forward(theta, activations, from, to);
            distribution.logProbability(inputs, actions, ratios, from, to);
            for (int i = from; i < to; i++) {
                weigh(rows, i);
            }
            distribution.divergence(oldInputs, inputs, divergences, from, to);
            double[] outputGradient = outputGradients[chunk];
            double[] sum = sums.of(chunk);
            distribution.gradient(inputs, objective, outputGradient, sum, from, to);
            if (shape.penalised()) {
                distribution.addDivergenceGradient(penalty, outputGradient, sum, from, to);
            }
            network.backward(transposed, activations, outputGradient, sum, from, to);
        });
        sums.addUp(count, gradient);
        return addUp(rows);
    }

    /** Copies the data of some rows of the minibatch. */
    private void gather(Rows rows, int from, int to) {
        for (int i = from; i < to; i++) {
            int row = rows.order()[rows.from() + i];
            copyRow(batch.observations(), row, observations, i);
            copyRow(batch.actions(), row, actions, i);
            copyRow(old.oldActivations().output(), row, oldOutputs, i);
        }
    }

    /** Computes a row's ratio from the row's log probability, and then the row's element of {@code scores}. */
    private void weigh(Rows rows, int i) {
        int row = rows.order()[rows.from() + i];
        ratios[i] = StrictMath.exp(ratios[i] - old.oldLogProbabilities()[row]);
        double weight = batch.weights()[row];
        double advantage = advantages[row];
        double ratio = weight * ratios[i];
        boolean counts = shape.penalised() || clipped(ratio, weight, advantage) == ratio;
        scores[i] = counts ? -ratio * advantage / rows.count() : 0;
    }

    private Sums addUp(Rows rows) {
        double surrogate = 0;
        double divergence = 0;
        int clipped = 0;
        for (int i = 0; i < rows.count(); i++) {
            int row = rows.order()[rows.from() + i];
            double weight = batch.weights()[row];
            double ratio = weight * ratios[i];
            double advantage = advantages[row];
            surrogate += (shape.penalised() ? ratio : clipped(ratio, weight, advantage)) * advantage;
            clipped += Math.abs(ratio - weight) > shape.clipRange() ? 1 : 0;
            divergence += divergences[i];
        }
        return new Sums(surrogate, divergence, clipped);
    }

    /** The ratio, or a bound of the clip range if this bound makes the objective smaller. */
    private double clipped(double ratio, double weight, double advantage) {
        return advantage > 0
                ? Math.min(ratio, weight + shape.clipRange())
                : Math.max(ratio, weight - shape.clipRange());
    }

    private static void copyRow(DMatrixRMaj all, int row, DMatrixRMaj some, int target) {
        System.arraycopy(all.data, row * all.numCols, some.data, target * some.numCols, all.numCols);
    }
}
