// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;

/** Turns a policy's numbers for one array of an action into the environment's. */
interface PartDecoder {

    /** Numbers of the array, of which the policy draws as many. */
    int size();

    /**
     * Decodes one action's part.
     *
     * @param action its numbers begin at {@code from}; not modified
     * @param leaf the array's index among the leaves of the action space
     * @param index of the part's first element in the batch's array
     */
    void decode(double[] action, int from, ActionBuffer batch, int leaf, int index);
}
