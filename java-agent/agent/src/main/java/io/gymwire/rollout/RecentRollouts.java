// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The last rollouts before the rollout that is being collected. Updates learn from them again. A new rollout reuses the
 * memory of a rollout that is no longer needed.
 */
public final class RecentRollouts {

    private final Supplier<Rollout> factory;
    private final Rollout[] ring; // [max(most + 1, 2)]
    private int newest = -1;
    private final int most;
    private int size;

    /**
     * An empty collection of rollouts.
     *
     * @param most the maximum number of rollouts to keep
     * @param factory makes an empty rollout
     */
    public RecentRollouts(int most, Supplier<Rollout> factory) {
        this.most = most;
        this.factory = factory;
        this.ring = new Rollout[Math.max(most + 1, 2)];
    }

    /** Allocates the memory of all rollouts now. So a run with too little memory fails at its start, not later. */
    public void reserve() {
        Arrays.setAll(ring, i -> ring[i] == null ? factory.get() : ring[i]);
    }

    /**
     * The rollout to fill next. It is not one of the kept rollouts. It is also not the rollout of the last call of
     * {@link #keep}, because another thread may still read that rollout.
     */
    public Rollout next() {
        int index = (newest + 1) % ring.length;
        if (ring[index] == null) {
            ring[index] = factory.get();
        }
        return ring[index];
    }

    /** Keeps the rollout from {@link #next}, and drops the oldest rollout if there are too many. */
    public void keep() {
        newest = (newest + 1) % ring.length;
        size = Math.min(size + 1, most);
    }

    /** The number of rollouts kept. */
    public int size() {
        return size;
    }

    /** One of the rollouts kept; age 0 is the newest. */
    public Rollout get(int age) {
        if (age < 0 || age >= size) {
            throw new IndexOutOfBoundsException("age " + age + " of " + size + " rollouts");
        }
        return ring[Math.floorMod(newest - age, ring.length)];
    }
}
