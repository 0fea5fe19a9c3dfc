// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last {@value #SIZE} episodes, whose means are what people quote as a training return. */
final class EpisodeWindow {

    static final int SIZE = 100;

    private final Deque<Episode> episodes = new ArrayDeque<>();

    private record Episode(double totalReward, long length) {}

    void add(double totalReward, long length) {
        episodes.add(new Episode(totalReward, length));
        if (episodes.size() > SIZE) {
            episodes.remove();
        }
    }

    boolean isFull() {
        return episodes.size() == SIZE;
    }

    /** Undiscounted returns, oldest first. */
    double[] returns() {
        return episodes.stream().mapToDouble(Episode::totalReward).toArray();
    }

    /** Lengths in steps, oldest first. */
    long[] lengths() {
        return episodes.stream().mapToLong(Episode::length).toArray();
    }

    /** Mean undiscounted return; NaN before the first episode. */
    double meanReturn() {
        return episodes.stream().mapToDouble(Episode::totalReward).average().orElse(Double.NaN);
    }

    /** Mean length in steps; NaN before the first episode. */
    double meanLength() {
        return episodes.stream().mapToLong(Episode::length).average().orElse(Double.NaN);
    }
}
