// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Branches;

/**
 * The normalisation of advantages over a batch, as in Spinning Up. Stable-Baselines3's PPO normalises over each
 * minibatch instead. With normalisation over the batch, all minibatches of an update estimate the gradient of the same
 * objective.
 */
public final class Advantages {

    /**
     * If the standard deviation of advantages is at most this fraction of their greatest absolute value, they differ
     * only by rounding. For advantages of branches, this is a fraction of {@link Branches#greatestValue} instead.
     */
    public static final double RELATIVE_SPREAD = 1e-12;

    /** The message for equal advantages. */
    public static final String EQUAL = "all advantages are equal";

    private Advantages() {}

    /**
     * Writes a batch's advantages, normalised and then multiplied by the samples' weights. The weights are applied
     * after the normalisation, so the weights of reused rollouts do not change which actions are better than average.
     *
     * @param out the results [K][N], for N states and K actions in each state; overwritten. K is
     *     {@link Batch#actionsPerState}
     * @return whether the advantages differ
     */
    public static boolean weigh(Batch batch, double[][] out) {
        if (batch.branches().isPresent()) {
            return weigh(batch.branches().get(), out);
        }
        System.arraycopy(batch.advantages(), 0, out[0], 0, out[0].length);
        boolean differ = normalize(out[0]);
        for (int i = 0; i < out[0].length; i++) {
            out[0][i] *= batch.weights()[i];
        }
        return differ;
    }

    /**
     * Writes the advantages of branches, normalised and then multiplied by their weights w_ik. The index i is the
     * state, and k the action. In each state, the weighted mean of the advantages is 0. So the normalisation only
     * divides them by their standard deviation within states, sqrt(mean_i sum_k w_ik A_ik^2).
     */
    private static boolean weigh(Branches branches, double[][] out) {
        double greatest = 0;
        for (int k = 0; k < out.length; k++) {
            greatest = Math.max(greatest, Vectors.greatest(branches.advantages(k)));
        }
        double sum = 0;
        for (int k = 0; k < out.length; k++) {
            for (int i = 0; i < out[k].length; i++) {
                double advantage = greatest == 0 ? 0 : branches.advantages(k)[i] / greatest;
                out[k][i] = branches.weights(k)[i] * advantage;
                sum += out[k][i] * advantage;
            }
        }
        double std = Math.sqrt(sum / out[0].length);
        // An advantage A is a value Q minus a baseline. The subtraction leaves rounding errors, which are proportional
        // to Q.
        boolean differ = std * greatest > RELATIVE_SPREAD * branches.greatestValue();
        for (double[] row : out) {
            for (int i = 0; i < row.length; i++) {
                row[i] = differ ? row[i] / std : 0;
            }
        }
        return differ;
    }

    /**
     * Shifts and scales the advantages to mean 0 and population standard deviation 1. So the update does not depend on
     * the reward's unit. First, the advantages are divided by their greatest absolute value, so that no finite
     * advantage causes an overflow.
     *
     * @param advantages finite [N]; overwritten, with zeros if all advantages are equal
     * @return whether the advantages differ
     */
    public static boolean normalize(double[] advantages) {
        double greatest = Vectors.greatest(advantages);
        double std = 0;
        double mean = 0;
        if (greatest > 0) {
            for (int i = 0; i < advantages.length; i++) {
                advantages[i] /= greatest;
            }
            mean = Vectors.mean(advantages);
            std = Math.sqrt(Vectors.variance(advantages));
        }
        boolean differ = std > RELATIVE_SPREAD;
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] = differ ? (advantages[i] - mean) / std : 0;
        }
        return differ;
    }
}
