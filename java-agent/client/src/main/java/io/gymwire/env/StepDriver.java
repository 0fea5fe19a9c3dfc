// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.ActionBuffer;

/**
 * Chooses the actions of a vector of environments, step after step; see {@link VectorEnv#loop}. Only one thread calls a
 * driver at a time, but not always the same thread. For remote environments, a thread of gRPC makes most of the calls.
 */
public interface StepDriver {
    /**
     * Processes the answer to the last step.
     *
     * @param answer the answer, which may be used only during the call
     * @return whether to make another step
     */
    boolean take(VectorStep answer);

    /**
     * Chooses the next actions.
     *
     * @param actions a buffer for one action per environment; every element must be overwritten
     */
    void choose(ActionBuffer actions);
}
