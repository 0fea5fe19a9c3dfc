// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/**
 * Converts arrays of one space, which can be a part of a Dict or Tuple space, into numbers. Each array fills some
 * columns of one row of a matrix.
 */
interface ArrayEncoder {

    /** The number of elements of one array. */
    int arraySize();

    /** The number of columns that the array becomes. */
    int size();

    /** Whether the columns can be normalised. Columns of choices, bits and action masks cannot. */
    boolean isContinuous();

    /**
     * Writes the columns of an array.
     *
     * @param array contains the elements to encode, which begin at index {@code from}; not modified
     * @param row the elements of the whole matrix, row-major; the array's columns begin at index {@code to} and are
     *     overwritten
     * @return the index, in row-major order, of the first array element that is NaN, too large, or not among its
     *     possible values; -1 if there is none. If there is one, the columns have no meaning
     */
    int encode(double[] array, int from, double[] row, int to);
}
