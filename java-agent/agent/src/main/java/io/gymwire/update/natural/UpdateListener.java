// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.update.Surrogate;

/**
 * Follows a {@link NaturalUpdate} on its way; symbols as there. Arrays are those at work: to be copied, not kept or
 * modified. The functions are those around theta_old until the next update begins.
 */
public interface UpdateListener extends ConjugateGradient.Listener {

    /** Looks at nothing. */
    UpdateListener NONE = new UpdateListener() {};

    /**
     * Called once the gradient is known.
     *
     * @param surrogate L and KL around theta_old
     * @param g [P]
     */
    default void gradient(Surrogate surrogate, double[] g) {}

    /**
     * Called once conjugate gradient has ended.
     *
     * @param fisher F + damping I
     * @param x [P]
     */
    default void solution(ConjugateGradient.Operator fisher, double[] x, double beta) {}

    /** Called after each step length that the line search of {@link TrpoUpdate} tried. */
    default void tried(LineSearchTry attempt) {}
}
