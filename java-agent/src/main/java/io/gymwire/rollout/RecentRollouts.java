// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.rollout;

import java.util.Arrays;
import java.util.function.Supplier;

/** The last few rollouts, in memory that is used again and again, and room for the one that is collected. */
public final class RecentRollouts {

    private final Rollout[] ring; // [most + 1]
    private int newest = -1;
    private int size;

    /**
     * None yet.
     *
     * @param most how many are kept
     * @param room makes an empty rollout
     */
    public RecentRollouts(int most, Supplier<Rollout> room) {
        this.ring = new Rollout[most + 1];
        Arrays.setAll(ring, i -> room.get());
    }

    /** The rollout to fill next, which is none of those kept. */
    public Rollout next() {
        return ring[(newest + 1) % ring.length];
    }

    /** Keeps the one that {@link #next} gave, and lets the oldest go if they would be too many. */
    public void keep() {
        newest = (newest + 1) % ring.length;
        size = Math.min(size + 1, ring.length - 1);
    }

    /** How many are kept. */
    public int size() {
        return size;
    }

    /** How many are kept at most. */
    public int most() {
        return ring.length - 1;
    }

    /** One of those kept; 0 is the newest. */
    public Rollout get(int age) {
        if (age < 0 || age >= size) {
            throw new IndexOutOfBoundsException("age " + age + " of " + size + " rollouts");
        }
        return ring[Math.floorMod(newest - age, ring.length)];
    }
}
