// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/** One vector for each chunk of {@link RowChunks}, to be added up in the order of the chunks. */
public final class ChunkSums {

    /**
     * The minimum number of elements of a part, if the sum has several parts. A part is a range of the sum's elements.
     * Parts are added up in parallel; to distribute smaller parts costs more time than it saves.
     */
    private static final int MIN_ELEMENTS = 2048;

    private final int length;
    private double[][] vectors = new double[0][];

    /** Vectors of {@code length} elements. */
    public ChunkSums(int length) {
        this.length = length;
    }

    /** Allocates the vectors that are still missing for a batch of {@code rows} rows. The new vectors are 0. */
    public void reserve(int rows) {
        int before = vectors.length;
        if (before < RowChunks.count(rows)) {
            vectors = Arrays.copyOf(vectors, RowChunks.count(rows));
            for (int chunk = before; chunk < vectors.length; chunk++) {
                vectors[chunk] = new double[length];
            }
        }
    }

    /** The vector to which a chunk adds its values: the array itself, not a copy. */
    public double[] of(int chunk) {
        return vectors[chunk];
    }

    /**
     * Adds up the vectors of a batch's chunks, each element in the order of the chunks. Then sets the vectors to 0
     * for the next use.
     *
     * @param sum [length]; overwritten
     */
    public void addUp(int rows, double[] sum) {
        int chunks = RowChunks.count(rows);
        int parts = Math.max(1, length / MIN_ELEMENTS);
        if (chunks == 1 || parts == 1) {
            addUp(chunks, 0, length, sum);
            return;
        }
        IntStream.range(0, parts)
                .parallel()
                .forEach(part -> addUp(
                        chunks, RowChunks.start(length, part, parts), RowChunks.start(length, part + 1, parts), sum));
    }

    private void addUp(int chunks, int from, int to, double[] sum) {
        System.arraycopy(vectors[0], from, sum, from, to - from);
        Arrays.fill(vectors[0], from, to, 0);
        for (int chunk = 1; chunk < chunks; chunk++) {
            double[] vector = vectors[chunk];
            for (int i = from; i < to; i++) {
                sum[i] += vector[i];
            }
            Arrays.fill(vector, from, to, 0);
        }
    }
}
