// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.Batch;
import java.util.Map;
import java.util.Optional;

/**
 * An algorithm that improves a policy on a batch. An object can keep arrays between updates, so it runs only one update
 * at a time.
 */
public interface PolicyUpdate {

    /**
     * Improves the policy.
     *
     * @param theta the policy's P parameters [P]; modified, or unchanged bit for bit
     * @param batch transitions collected by the policy theta, or weighted as if theta had collected them (large weights
     *     are limited); not modified
     * @param annealed the factor by which annealed settings are multiplied, in (0, 1]
     * @param random a random stream for only this update
     */
    Report update(double[] theta, Batch batch, double annealed, RandomStream random);

    /**
     * The numbers that an update keeps for the next update, by name. They are in arrays of fixed length. A checkpoint
     * stores and restores them between two updates. To restore them, it writes into these arrays, so the arrays must
     * not be copies. Most algorithms keep no numbers.
     */
    default Map<String, double[]> state() {
        return Map.of();
    }

    /** A report of one update: it sets the metrics that the algorithm declares. */
    interface Report {

        /** The reason why no update was possible, in one sentence; usually empty. */
        Optional<String> remark();

        /** Sets the metrics of the update's group. */
        void measure(MetricValues values);
    }
}
