// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;

/**
 * A decoder for one part of an action. A part is one array. The decoder turns the numbers that the policy draws into
 * the elements of this array.
 */
interface PartDecoder {

    /** The number of elements in the array; the policy draws one number for each element. */
    int size();

    /**
     * Decodes the part of one action.
     *
     * @param action the numbers that the policy drew, for all parts of one or more actions; not modified
     * @param from the index in {@code action} at which the part's numbers begin
     * @param batch receives the part's elements
     * @param leaf the array's index among the arrays (leaves) of the action space
     * @param index the flat index at which the part's elements begin in the array {@code leaf} of {@code batch}
     */
    void decode(double[] action, int from, ActionBuffer batch, int leaf, int index);
}
