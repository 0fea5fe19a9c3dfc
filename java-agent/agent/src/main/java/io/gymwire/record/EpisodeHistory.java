// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

/**
 * The best mean return of a run, and its last episodes, as a checkpoint stores them.
 *
 * @param best the highest mean return so far. A mean return is computed at the end of each iteration, over the last
 *     100 episodes. {@code best} is null if the run has had fewer than 100 episodes
 * @param bestAt the run's number of steps when {@code best} was computed; 0 if {@code best} is null
 * @param lastReturns undiscounted returns of the last episodes, at most 100, oldest first
 * @param lastLengths lengths of these episodes, in steps
 */
public record EpisodeHistory(Double best, long bestAt, double[] lastReturns, long[] lastLengths) {
    /** The history before the first episode. */
    public static final EpisodeHistory EMPTY = new EpisodeHistory(null, 0, new double[0], new long[0]);

    /** Whether both arrays exist and have the same length. A history from a file can lack an array. */
    public boolean isComplete() {
        return lastReturns != null && lastLengths != null && lastReturns.length == lastLengths.length;
    }
}
