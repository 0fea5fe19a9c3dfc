// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.linalg;

import java.util.stream.IntStream;

/**
 * Splits the rows of a batch into a fixed number of groups, which run on as many threads as the machine has.
 *
 * <p>The split depends on the number of rows alone. Where each group adds into a vector of its own and the vectors are
 * added in the order of the groups, the sum has the same bits on one core and on many.
 */
public final class RowGroups {

    /** The number of groups: enough to keep small machines busy evenly, few enough for one gradient each. */
    public static final int COUNT = 16;

    private RowGroups() {}

    /** Work on one group of rows. */
    public interface Body {
        /**
         * Works on the rows {@code from}, ..., {@code to - 1}; never called with none.
         *
         * @param group index of the group, 0 to COUNT - 1
         */
        void run(int group, int from, int to);
    }

    /** Runs {@code body} once for each group that has rows, in parallel, and waits for all. */
    public static void forEach(int rows, Body body) {
        IntStream.range(0, COUNT).parallel().forEach(group -> {
            int from = start(rows, group);
            int to = start(rows, group + 1);
            if (from < to) {
                body.run(group, from, to);
            }
        });
    }

    /** Adds the vectors of the groups to {@code sum} in the order of the groups, and clears them for the next use. */
    public static void addAndClear(double[][] groupVectors, double[] sum) {
        for (double[] vector : groupVectors) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
                vector[i] = 0;
            }
        }
    }

    private static int start(int rows, int group) {
        return (int) ((long) rows * group / COUNT);
    }
}
