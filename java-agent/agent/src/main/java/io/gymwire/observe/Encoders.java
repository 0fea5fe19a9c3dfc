// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;

/** Chooses the encoder of a space: the list of all that the agent can read. */
public final class Encoders {

    private Encoders() {}

    /**
     * An encoder of one environment's observation space.
     *
     * @param observed elements of a Box to take, in row-major order, rising; empty for all
     * @throws IllegalArgumentException for a space that has no such rows or no such elements
     */
    public static Encoder of(Space space, int... observed) {
        if (space instanceof BoxSpace box) {
            BoxEncoder whole = new BoxEncoder(box);
            return observed.length == 0 ? whole : selecting(whole, observed);
        }
        if (space instanceof DiscreteSpace discrete) {
            if (observed.length > 0) {
                throw new IllegalArgumentException(
                        "observe chooses elements of a Box, but the observation space is " + space + "; leave it out");
            }
            return new OneHotEncoder(discrete);
        }
        throw new IllegalArgumentException("the observation space is " + space
                + ", but the agent reads Box and Discrete; choose another environment or wrap it to"
                + " flatten its observations");
    }

    private static Encoder selecting(BoxEncoder whole, int[] observed) {
        int last = observed[observed.length - 1];
        if (last >= whole.size()) {
            throw new IllegalArgumentException("observe asks for element " + last
                    + ", but an observation has the elements 0 to " + (whole.size() - 1) + "; choose among these");
        }
        return new SelectingEncoder(whole, observed);
    }
}
