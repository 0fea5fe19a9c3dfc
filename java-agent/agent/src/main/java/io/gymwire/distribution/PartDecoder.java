// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;

/** A decoder for one array of an action. It turns the numbers that the policy draws into the array's elements. */
interface PartDecoder {

    /** The number of elements in the array; the policy draws one number for each. */
    int size();

    /**
     * Decodes one action's part.
     *
     * @param action the action; the part's elements begin at {@code from}; not modified
     * @param leaf the array's index among the leaves of the action space
     * @param index the index of the part's first element in the batch's array
     */
    void decode(double[] action, int from, ActionBuffer batch, int leaf, int index);
}
