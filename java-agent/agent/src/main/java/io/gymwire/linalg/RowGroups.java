// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Splits the rows of a batch into a fixed number of groups, which run on as many threads as the machine has, and each
 * group into blocks whose intermediate results stay in a core's cache.
 *
 * <p>The split depends on the number of rows alone. Where each group adds into a vector of its own and the vectors are
 * added in the order of the groups, the sum has the same bits on one core and on many.
 */
public final class RowGroups {

    /** Most groups: enough to keep several cores busy evenly, few enough for one gradient each. */
    public static final int MAX_COUNT = 8;

    /** Most rows of a block: two matrices of 64 columns are then a few tenths of a second-level cache. */
    public static final int BLOCK_ROWS = 128;

    /** Fewer rows than this in a group cost more to hand out and add up than they gain. */
    private static final int MIN_ROWS = 64;

    private RowGroups() {}

    /** Work on one block of rows. */
    public interface Body {
        /**
         * Works on the rows {@code from}, ..., {@code to - 1}; never called with none. The blocks of a group come one
         * after the other, in order.
         *
         * @param group index of the group, 0 to MAX_COUNT - 1
         */
        void run(int group, int from, int to);
    }

    /** Runs {@code body} for every block, the groups in parallel, and waits for all. */
    public static void forEach(int rows, Body body) {
        int groups = count(rows);
        if (groups == 1) {
            runBlocks(0, 0, rows, body);
            return;
        }
        IntStream.range(0, groups)
                .parallel()
                .forEach(group -> runBlocks(group, start(rows, group, groups), start(rows, group + 1, groups), body));
    }

    /**
     * Adds the vectors of the groups to a sum in the order of the groups, and clears them for the next use.
     *
     * @param groupVectors one vector for each group of {@link #forEach} over as many rows, and perhaps more; modified
     * @param sum modified
     */
    public static void addAndClear(double[][] groupVectors, int rows, double[] sum) {
        for (int group = 0; group < count(rows); group++) {
            double[] vector = groupVectors[group];
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
            Arrays.fill(vector, 0);
        }
    }

    private static void runBlocks(int group, int from, int to, Body body) {
        for (int row = from; row < to; row += BLOCK_ROWS) {
            body.run(group, row, Math.min(to, row + BLOCK_ROWS));
        }
    }

    private static int count(int rows) {
        return Math.max(1, Math.min(MAX_COUNT, rows / MIN_ROWS));
    }

    private static int start(int rows, int group, int groups) {
        return (int) ((long) rows * group / groups);
    }
}
