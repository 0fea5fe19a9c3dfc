// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;

/** A decoder that turns a policy's numbers for one array of an action into the environment's. */
interface PartDecoder {

    /** The number of elements in the array; the policy draws as many numbers. */
    int size();

    /**
     * Decodes one action's part.
     *
     * @param action its numbers begin at {@code from}; not modified
     * @param leaf the array's index among the leaves of the action space
     * @param index the index of the part's first element in the batch's array
     */
    void decode(double[] action, int from, ActionBuffer batch, int leaf, int index);
}
