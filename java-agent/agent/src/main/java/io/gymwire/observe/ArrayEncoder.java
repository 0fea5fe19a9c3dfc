// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/** A conversion of the arrays of one space, or of one part of a Dict or Tuple, into columns of rows. */
interface ArrayEncoder {

    /** The number of elements of one array. */
    int arraySize();

    /** The number of columns that the array becomes. */
    int size();

    /** Whether the columns are continuous quantities, which can be normalised. */
    boolean isContinuous();

    /** The index, in row-major order, of the array element from which a column is made. */
    int element(int column);

    /**
     * Writes the columns of an array.
     *
     * @param array the array, with its elements from index {@code from} on; not modified
     * @param row the row; the array's columns begin at index {@code to} and are overwritten
     */
    void encode(double[] array, int from, double[] row, int to);
}
