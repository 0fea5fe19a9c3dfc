// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.rollout.Rollout;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last {@value #SIZE} episodes, whose means are what people quote as a training return. */
final class EpisodeWindow {

    static final int SIZE = 100;

    private final Deque<Rollout.Episode> episodes = new ArrayDeque<>();

    void add(Rollout.Episode episode) {
        episodes.add(episode);
        if (episodes.size() > SIZE) {
            episodes.remove();
        }
    }

    boolean isFull() {
        return episodes.size() == SIZE;
    }

    /** Mean undiscounted return; NaN before the first episode. */
    double meanReturn() {
        return episodes.stream().mapToDouble(Rollout.Episode::totalReward).average().orElse(Double.NaN);
    }

    /** Mean length in steps; NaN before the first episode. */
    double meanLength() {
        return episodes.stream().mapToLong(Rollout.Episode::length).average().orElse(Double.NaN);
    }
}
