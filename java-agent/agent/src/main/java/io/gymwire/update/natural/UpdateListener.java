// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.update.Surrogate;

/**
 * A listener that follows a {@link NaturalUpdate}; the symbols are explained there. The arrays are the working arrays
 * of the update: a listener may copy them, but must not keep or modify them. The objects {@code surrogate} and
 * {@code fisher} can be used until the next update begins.
 */
public interface UpdateListener extends ConjugateGradient.Listener {

    /** The listener that does nothing. */
    UpdateListener NONE = new UpdateListener() {};

    /**
     * Called after the gradient is computed.
     *
     * @param surrogate computes L and KL at any parameters; its theta_old is the old policy's parameter vector
     * @param g [P]
     */
    default void gradient(Surrogate surrogate, double[] g) {}

    /**
     * Called after conjugate gradient has ended.
     *
     * @param fisher F + damping I
     * @param x [P]
     * @param beta the factor of x in the full step
     */
    default void solution(ConjugateGradient.Operator fisher, double[] x, double beta) {}

    /** Called after each step length that the line search of {@link TrpoUpdate} tries. */
    default void tried(LineSearchTry attempt) {}
}
