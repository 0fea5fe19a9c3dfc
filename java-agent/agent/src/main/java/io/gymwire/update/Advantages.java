// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.linalg.Vectors;

/** Normalisation of advantages over a batch. */
public final class Advantages {

    /** Advantages whose spread is below this fraction of their size differ by rounding alone. */
    public static final double RELATIVE_SPREAD = 1e-12;

    private Advantages() {}

    /**
     * Shifts and scales to mean 0 and population standard deviation 1, which makes the step's length independent of the
     * reward's unit. Divides by the greatest magnitude first, so that no finite advantage overflows.
     *
     * @param advantages finite [N]; overwritten, with zeros when they are all equal
     * @return whether they differ
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
