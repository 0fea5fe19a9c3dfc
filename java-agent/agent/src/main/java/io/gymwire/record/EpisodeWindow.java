// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last {@value #SIZE} episodes. Publications usually report the mean return of the last 100 episodes. */
public final class EpisodeWindow {

    static final int SIZE = 100;

    private final Deque<Episode> episodes = new ArrayDeque<>();

    private record Episode(double totalReward, long length) {}

    /** A window with the episodes of a checkpoint. */
    public EpisodeWindow(EpisodeHistory history) {
        for (int i = 0; i < history.lastReturns().length; i++) {
            add(history.lastReturns()[i], history.lastLengths()[i]);
        }
    }

    /** Mean undiscounted return of 100 episodes; NaN while there are fewer episodes. */
    public double fullMean() {
        return isFull() ? meanReturn() : Double.NaN;
    }

    /** Adds an episode; a full window drops its oldest episode. */
    public void add(double totalReward, long length) {
        episodes.add(new Episode(totalReward, length));
        if (episodes.size() > SIZE) {
            episodes.remove();
        }
    }

    /** Whether there are 100 episodes. */
    public boolean isFull() {
        return episodes.size() == SIZE;
    }

    /** Undiscounted returns, oldest first. */
    public double[] returns() {
        return episodes.stream().mapToDouble(Episode::totalReward).toArray();
    }

    /** Lengths in steps, oldest first. */
    public long[] lengths() {
        return episodes.stream().mapToLong(Episode::length).toArray();
    }

    /** Mean undiscounted return; NaN before the first episode. */
    public double meanReturn() {
        return episodes.stream().mapToDouble(Episode::totalReward).average().orElse(Double.NaN);
    }

    /** Mean length in steps; NaN before the first episode. */
    public double meanLength() {
        return episodes.stream().mapToLong(Episode::length).average().orElse(Double.NaN);
    }
}
