// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.Batch;
import java.util.Optional;

/** A way to improve a policy on a batch. An object may keep memory between updates: one update at a time. */
public interface PolicyUpdate {

    /**
     * Improves the policy.
     *
     * @param theta the policy's parameters [P]; modified, or left as they are, bit for bit
     * @param batch transitions under theta, or weighed as if they were; not modified
     * @param annealed factor on the settings that shrink in the course of a run, in (0, 1]
     */
    Report update(double[] theta, Batch batch, double annealed);

    /** What one update did: it sets the metrics that the algorithm declares. */
    interface Report {

        /** Why no update could be made at all, in one sentence; empty as a rule. */
        Optional<String> remark();

        /** Sets the metrics of the update's group. */
        void measure(MetricValues values);
    }
}
