// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

/** Thrown when an environment gave an observation or a reward that is NaN or infinite. */
public final class NonFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NonFiniteException(String envId, int env, long step, String what) {
        super("environment " + env + " of " + envId + " gave " + what + " at its step " + step
                + "; the agent did not learn from it. The cause is the environment's code or its arguments, or its"
                + " simulation became unstable");
    }
}
