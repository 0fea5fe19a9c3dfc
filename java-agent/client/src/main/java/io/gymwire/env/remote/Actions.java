// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.space.Batches;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.util.List;

/** Turns what people give as actions into members of the action space. */
final class Actions {
    private static final int[] SCALAR = {};

    private Actions() {}

    /** Batches one action per environment: members of the space, or what stands for them. */
    static Object batch(Space space, List<?> actions) {
        return Batches.concatenate(
                space, actions.stream().map(action -> member(space, action)).toList());
    }

    /** Lets a number stand for a member of a Discrete space, and a double[] for one of a Box. */
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
