// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.random.RandomGenerator;

/**
 * The set of values that an observation or an action of one environment can have: one of Gymnasium's spaces.
 *
 * <p>A member is a Java object: an {@link NdArray} in Box, Discrete, MultiDiscrete and MultiBinary; a String in Text; a
 * Map in Dict; a {@link Tuple} in Tuple, Sequence (unless stacked) and OneOf; a {@link GraphInstance} in Graph.
 * Discrete also accepts a Long or an Integer. A Tuple space also accepts any other List. A member of a stacked Sequence
 * is one batch of its elements, built as in {@link Batches}.
 */
public sealed interface Space
        permits ArraySpace, TextSpace, DictSpace, TupleSpace, SequenceSpace, GraphSpace, OneOfSpace {
    /**
     * Whether the value is a member by Gymnasium's rules. Arrays must have the space's shape and a dtype that casts
     * safely to the space's dtype. But MultiBinary accepts every real dtype. The value can be any object or null.
     */
    boolean contains(Object value);

    /** Draws a random member from the same distribution as Gymnasium. */
    Object sample(RandomGenerator random);
}
