// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/** Turns the arrays of one space, or of one part of a Dict or Tuple, into columns of rows. */
interface ArrayEncoder {

    /** Numbers of one array. */
    int arraySize();

    /** Columns that they become. */
    int size();

    /** Whether they are quantities with a scale, which running statistics can normalise. */
    boolean isContinuous();

    /** The number of an array, counted in row-major order, that a column is made from. */
    int element(int column);

    /**
     * Writes the columns of an array.
     *
     * @param array its numbers begin at {@code from}; not modified
     * @param row its columns begin at {@code to}; they are overwritten
     */
    void encode(double[] array, int from, double[] row, int to);
}
