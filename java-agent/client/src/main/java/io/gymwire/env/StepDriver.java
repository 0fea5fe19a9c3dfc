// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.ActionBuffer;

/**
 * Chooses what a vector of environments does, step after step; see {@link VectorEnv#loop}. It is called by one thread
 * at a time, but not always by the same one: where the environments are remote, by the network's.
 */
public interface StepDriver {
    /**
     * Takes in the answer to the last step.
     *
     * @param answer may be used during the call alone
     * @return whether to make another step
     */
    boolean take(VectorStep answer);

    /**
     * Chooses the next actions.
     *
     * @param actions one per environment; every element is to be overwritten
     */
    void choose(ActionBuffer actions);
}
