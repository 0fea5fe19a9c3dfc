// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.update.Surrogate;

/**
 * A listener that follows the passes of an update. {@link PpoUpdate} explains g, and {@link Surrogate} the other
 * symbols. The arrays are the working arrays of the update: a listener may copy them, but must not keep or modify them.
 * The surrogate can be used until the next update begins.
 */
public interface PassListener {

    /** The listener that does nothing. */
    PassListener NONE = new PassListener() {};

    /**
     * Called before the first pass.
     *
     * @param surrogate computes L and KL at any parameters; its theta_old has the parameters of the old policy
     * @param advantages A, normalised [N]
     */
    default void begins(Surrogate surrogate, double[] advantages) {}

    /**
     * Called after the step of each minibatch.
     *
     * @param theta the parameters after the step [P]
     * @param loss the minibatch's policy gradient loss before the step, without entropy and penalty
     * @param gradientNorm |g| before the step, not clipped
     */
    default void stepped(double[] theta, double loss, double gradientNorm) {}

    /**
     * Called after each pass.
     *
     * @param theta the parameters after the pass [P]
     * @param divergence mean KL(old policy || current policy) over the pass, in nats. For each minibatch, the current
     *     policy is the policy before the minibatch's step
     */
    default void passed(double[] theta, double divergence) {}
}
