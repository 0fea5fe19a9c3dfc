// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.stream.IntStream;

/**
 * The split of a batch's rows into chunks, and of each chunk into blocks. The chunks run in parallel, on the calling
 * thread and on the threads of the common pool. A block is so small that its intermediate results stay in a core's
 * cache.
 *
 * <p>The split depends on the number of rows, but not on the number of threads. For a sum over the rows, each chunk
 * adds into its own vector, and the vectors are added in the order of the chunks ({@link ChunkSums}). So the sum has
 * the same bits on one core and on many.
 */
public final class RowChunks {

    /**
     * The largest number of chunks, and of threads that can share the work. Each chunk may need memory for a gradient.
     */
    public static final int MAX_COUNT = 64;

    /**
     * The maximum number of rows of a block: two matrices of 64 columns then need 128 KiB, which is less than a core's
     * second-level cache.
     */
    public static final int BLOCK_ROWS = 128;

    /**
     * The minimum number of rows of a chunk, if there are several chunks. Smaller chunks cost more time than they save,
     * because the chunks must be distributed and their vectors added up.
     */
    private static final int MIN_ROWS = 128;

    private RowChunks() {}

    /** Work on one block of rows. */
    public interface Body {
        /**
         * Works on the rows {@code from}, ..., {@code to - 1}; there is at least one row. The blocks of a chunk come
         * one after the other, in order.
         *
         * @param chunk index of the chunk, 0 to {@link #count} - 1
         */
        void run(int chunk, int from, int to);
    }

    /** The number of chunks for {@code rows} rows. */
    public static int count(int rows) {
        return count(rows, MIN_ROWS);
    }

    /** The number of chunks for {@code rows} rows when each chunk has {@code least} rows or more; at least 1. */
    public static int count(int rows, int least) {
        return Math.max(1, Math.min(MAX_COUNT, rows / least));
    }

    /** The first row of a chunk; for {@code chunk == chunks}, the number of rows. */
    public static int start(int rows, int chunk, int chunks) {
        return (int) ((long) rows * chunk / chunks);
    }

    /** Runs {@code body} for every block and waits until all blocks are done. The chunks run in parallel. */
    public static void forEach(int rows, Body body) {
        int chunks = count(rows);
        if (chunks == 1) {
            runBlocks(0, 0, rows, body);
            return;
        }
        IntStream.range(0, chunks)
                .parallel()
                .forEach(chunk -> runBlocks(chunk, start(rows, chunk, chunks), start(rows, chunk + 1, chunks), body));
    }

    private static void runBlocks(int chunk, int from, int to, Body body) {
        for (int row = from; row < to; row += BLOCK_ROWS) {
            body.run(chunk, row, Math.min(to, row + BLOCK_ROWS));
        }
    }
}
