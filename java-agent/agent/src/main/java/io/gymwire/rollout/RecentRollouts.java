// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import java.util.Arrays;
import java.util.function.Supplier;

/** The rollouts before the one that is collected, as many as updates learn from, in memory that is used again. */
public final class RecentRollouts {

    private final Supplier<Rollout> room;
    private final Rollout[] ring; // [max(most + 1, 2)]
    private int newest = -1;
    private final int most;
    private int size;

    /**
     * None yet.
     *
     * @param most how many are kept
     * @param room makes an empty rollout
     */
    public RecentRollouts(int most, Supplier<Rollout> room) {
        this.most = most;
        this.room = room;
        this.ring = new Rollout[Math.max(most + 1, 2)];
    }

    /** Takes all the memory that will be needed, so that there is too little of it at once or never. */
    public void reserve() {
        Arrays.setAll(ring, i -> ring[i] == null ? room.get() : ring[i]);
    }

    /** The rollout to fill next, neither one of those kept nor the last one filled, which may still be read. */
    public Rollout next() {
        int index = (newest + 1) % ring.length;
        if (ring[index] == null) {
            ring[index] = room.get();
        }
        return ring[index];
    }

    /** Keeps the one that {@link #next} gave, and lets the oldest go if they would be too many. */
    public void keep() {
        newest = (newest + 1) % ring.length;
        size = Math.min(size + 1, most);
    }

    /** How many are kept. */
    public int size() {
        return size;
    }

    /** One of those kept; 0 is the newest. */
    public Rollout get(int age) {
        if (age < 0 || age >= size) {
            throw new IndexOutOfBoundsException("age " + age + " of " + size + " rollouts");
        }
        return ring[Math.floorMod(newest - age, ring.length)];
    }
}
