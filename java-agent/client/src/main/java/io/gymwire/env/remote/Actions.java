// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.space.Batches;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.util.List;

/** Converts a caller's actions into members of the action space. */
final class Actions {
    private static final int[] SCALAR = {};

    private Actions() {}

    /**
     * Makes one batch from one action per environment. Each action must be a member of the space, or a value that
     * {@link #member} converts.
     */
    static Object batch(Space space, List<?> actions) {
        return Batches.concatenate(
                space, actions.stream().map(action -> member(space, action)).toList());
    }

    /**
     * Converts a Long or Integer for a Discrete space, and a double[] for a Box, into an array with the space's dtype
     * and shape. Does not check the space's bounds. Does not change any other action.
     */
    private static Object member(Space space, Object action) {
        if (space instanceof DiscreteSpace discrete && (action instanceof Long || action instanceof Integer)) {
            return NdArray.ofLongs(discrete.dtype(), SCALAR, ((Number) action).longValue());
        }
        if (space instanceof BoxSpace box && action instanceof double[] values) {
            return NdArray.ofDoubles(box.dtype(), box.shape(), values);
        }
        return action;
    }
}
