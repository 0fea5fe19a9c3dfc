// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.update.Surrogate;

/**
 * Follows a {@link PpoUpdate} on its way; symbols as there. Arrays are those at work: to be copied, not kept or
 * modified. The functions are those around theta_old until the next update begins.
 */
public interface PassListener {

    /** Looks at nothing. */
    PassListener NONE = new PassListener() {};

    /**
     * Called before the first pass.
     *
     * @param surrogate L and KL around theta_old
     * @param advantages A, normalised [N]
     */
    default void begins(Surrogate surrogate, double[] advantages) {}

    /**
     * Called after the step of each minibatch.
     *
     * @param theta after the step [P]
     * @param loss the minibatch's policy gradient loss before it, without entropy and penalty
     * @param gradientNorm |g| before it, not clipped
     */
    default void stepped(double[] theta, double loss, double gradientNorm) {}

    /**
     * Called after each pass.
     *
     * @param theta after the pass [P]
     * @param divergence mean KL(old || theta) over the pass, each minibatch before its step, in nats
     */
    default void passed(double[] theta, double divergence) {}
}
