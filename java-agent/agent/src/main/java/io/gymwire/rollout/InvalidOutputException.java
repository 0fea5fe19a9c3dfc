// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

/**
 * Thrown when an environment gave an observation that is NaN or too large, a Discrete or MultiDiscrete observation
 * outside its space, or a reward that is NaN or infinite.
 */
public final class InvalidOutputException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * An error.
     *
     * @param env the environment's number
     * @param step the number of the environment's step, from 1 on; 0 is the reset
     * @param what the invalid value and its place
     */
    public InvalidOutputException(String envId, int env, long step, String what) {
        super("environment " + env + " of " + envId + " gave " + what + " at its step " + step
                + ". The cause is the environment's code or its arguments, or its simulation became unstable");
    }
}
