// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.Batch;

/**
 * Normalisation of advantages over a batch, as in Spinning Up. Stable-Baselines3's PPO normalises over each minibatch;
 * over the batch, all of an update's minibatches estimate the gradient of one and the same objective.
 */
public final class Advantages {

    /** Advantages whose spread is below this fraction of their size differ by rounding alone. */
    private static final double RELATIVE_SPREAD = 1e-12;

    /** What is said where no advantage differs from another. */
    public static final String EQUAL = "all advantages are equal";

    private Advantages() {}

    /**
     * Writes a batch's advantages, normalised and then multiplied by the samples' weights: in this order, so that
     * rollouts reused do not shift what counts as better than average.
     *
     * @param out [N]; overwritten
     * @return whether the advantages differ
     */
    public static boolean weigh(Batch batch, double[] out) {
        System.arraycopy(batch.advantages(), 0, out, 0, out.length);
        boolean differ = normalize(out);
        for (int i = 0; i < out.length; i++) {
            out[i] *= batch.weights()[i];
        }
        return differ;
    }

    /**
     * Shifts and scales to mean 0 and population standard deviation 1, which makes the step's length independent of the
     * reward's unit. Divides by the greatest magnitude first, so that no finite advantage overflows.
     *
     * @param advantages finite [N]; overwritten, with zeros when they are all equal
     * @return whether they differ
     */
    public static boolean normalize(double[] advantages) {
        double greatest = 0;
        for (double advantage : advantages) {
            greatest = Math.max(greatest, Math.abs(advantage));
        }
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
