// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import java.util.Arrays;

/**
 * An encoder that turns each element of a Discrete or MultiDiscrete observation into columns: one for each possible
 * value, in ascending order of the values. The column of the element's value is 1. The element's other columns are 0.
 */
final class OneHotEncoder implements ArrayEncoder {

    private final int[] choices; // [arraySize]
    private final long[] start; // [arraySize]
    private final int[] first; // [arraySize + 1], the first column of each element; the last number is size

    /**
     * An encoder.
     *
     * @param choices the number of possible values of each element; not modified
     * @param start the smallest value of each element; not modified
     */
    OneHotEncoder(int[] choices, long[] start) {
        this.choices = choices.clone();
        this.start = start.clone();
        this.first = new int[choices.length + 1];
        for (int i = 0; i < choices.length; i++) {
            first[i + 1] = Math.addExact(first[i], choices[i]);
        }
    }

    @Override
    public int arraySize() {
        return choices.length;
    }

    @Override
    public int size() {
        return first[choices.length];
    }

    @Override
    public boolean isContinuous() {
        return false;
    }

    @Override
    public int encode(double[] array, int from, double[] row, int to) {
        Arrays.fill(row, to, to + size(), 0);
        for (int i = 0; i < choices.length; i++) {
            long choice = (long) array[from + i] - start[i];
            if (choice < 0 || choice >= choices[i]) {
                return i;
            }
            row[to + first[i] + (int) choice] = 1;
        }
        return -1;
    }
}
