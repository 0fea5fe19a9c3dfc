// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.Space;
import java.util.Arrays;

/** The numbers of choices in Discrete and MultiDiscrete spaces. The agent's networks have a column for each choice. */
public final class Choices {

    /** With more columns, the networks and a batch would need more memory than most machines have. */
    private static final int MAX = 100_000;

    private Choices() {}

    /**
     * The numbers of choices, in an array: one number for a Discrete space, n numbers for a MultiDiscrete space of
     * n elements.
     *
     * @throws IllegalArgumentException if the space is neither Discrete nor MultiDiscrete, or has more than
     *     {@value #MAX} choices in all
     */
    public static int[] of(Space space) {
        long[] choices;
        if (space instanceof DiscreteSpace discrete) {
            choices = new long[] {discrete.n()};
        } else if (space instanceof MultiDiscreteSpace discrete) {
            choices = discrete.nvec().toLongs();
        } else {
            throw new IllegalArgumentException("the space " + space + " is neither Discrete nor MultiDiscrete");
        }
        long sum = 0;
        for (long each : choices) {
            // A uint64 above the largest long is a negative long.
            sum = each < 0 || each > MAX ? Long.MAX_VALUE : sum + each;
            if (sum > MAX) {
                throw new IllegalArgumentException("the space " + space + " has more than " + MAX
                        + " choices, and the agent's networks would need a column for each choice; write a wrapper"
                        + " with a smaller space");
            }
        }
        return Arrays.stream(choices).mapToInt(Math::toIntExact).toArray();
    }
}
