// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.stream.IntStream;

/**
 * Splits the rows of a batch into a fixed number of chunks, which run on as many threads as the machine has, and each
 * chunk into blocks whose intermediate results stay in a core's cache.
 *
 * <p>The split depends on the number of rows alone. Where each chunk adds into a vector of its own and the vectors are
 * added in the order of the chunks ({@link ChunkSums}), the sum has the same bits on one core and on many.
 */
public final class RowChunks {

    /** Most chunks, and so most threads that can share the work; each chunk may need a gradient's memory. */
    public static final int MAX_COUNT = 64;

    /** Most rows of a block: two matrices of 64 columns are then a few tenths of a second-level cache. */
    public static final int BLOCK_ROWS = 128;

    /** Fewer rows than this in a chunk cost more to hand out and add up than they gain. */
    private static final int MIN_ROWS = 128;

    private RowChunks() {}

    /** Work on one block of rows. */
    public interface Body {
        /**
         * Works on the rows {@code from}, ..., {@code to - 1}; never called with none. The blocks of a chunk come one
         * after the other, in order.
         *
         * @param chunk index of the chunk, 0 to {@link #count} - 1
         */
        void run(int chunk, int from, int to);
    }

    /** How many chunks so many rows are split into. */
    public static int count(int rows) {
        return count(rows, MIN_ROWS);
    }

    /** How many chunks so many rows are split into when each is to have {@code least} rows or more. */
    public static int count(int rows, int least) {
        return Math.max(1, Math.min(MAX_COUNT, rows / least));
    }

    /** The first row of a chunk; of the one behind the last, the number of rows. */
    public static int start(int rows, int chunk, int chunks) {
        return (int) ((long) rows * chunk / chunks);
    }

    /** Runs {@code body} for every block, the chunks in parallel, and waits for all. */
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
