// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

/**
 * The returns of a run so far, as a checkpoint stores them.
 *
 * @param best best mean return over 100 episodes; null before the first 100
 * @param bestAt environment step at which the best mean was reached
 * @param lastReturns undiscounted returns of the last episodes, at most 100, oldest first
 * @param lastLengths steps of the same episodes
 */
public record EpisodeHistory(Double best, long bestAt, double[] lastReturns, long[] lastLengths) {
    /** The history before the first episode. */
    public static final EpisodeHistory EMPTY = new EpisodeHistory(null, 0, new double[0], new long[0]);

    /** Whether no field is missing and the fields fit together. A history from a file can be incomplete. */
    public boolean isComplete() {
        return lastReturns != null && lastLengths != null && lastReturns.length == lastLengths.length;
    }
}
