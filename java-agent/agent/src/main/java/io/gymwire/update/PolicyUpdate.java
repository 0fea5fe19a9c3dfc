// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.Batch;
import java.util.Map;
import java.util.Optional;

/** A way to improve a policy on a batch. An object may keep memory between updates: one update at a time. */
public interface PolicyUpdate {

    /**
     * Improves the policy.
     *
     * @param theta the policy's parameters [P]; modified, or left as they are, bit for bit
     * @param batch transitions under theta, or weighed as if they were; not modified
     * @param annealed factor on the settings that shrink in the course of a run, in (0, 1]
     * @param random a stream for this update alone
     */
    Report update(double[] theta, Batch batch, double annealed, RandomStream random);

    /**
     * The numbers that one update leaves for the next, by name: live arrays of fixed length, which a checkpoint holds
     * and puts back between two updates. None as a rule.
     */
    default Map<String, double[]> state() {
        return Map.of();
    }

    /** What one update did: it sets the metrics that the algorithm declares. */
    interface Report {

        /** Why no update could be made at all, in one sentence; empty as a rule. */
        Optional<String> remark();

        /** Sets the metrics of the update's group. */
        void measure(MetricValues values);
    }
}
