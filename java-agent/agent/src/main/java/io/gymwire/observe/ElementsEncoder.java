// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/**
 * An encoder that copies an array's elements, or some of them, unchanged. It is used for Box, for the bits of
 * MultiBinary, and for action masks.
 */
final class ElementsEncoder implements ArrayEncoder {

    /** Larger numbers are refused: the variance of an element with such numbers could be infinite. */
    static final double LIMIT = 1e100;

    private final int arraySize;
    private final int[] elements;
    private final boolean continuous;

    /**
     * An encoder.
     *
     * @param elements indices of the elements to copy, ascending; not modified
     * @param continuous whether the elements are normalised
     */
    ElementsEncoder(int arraySize, int[] elements, boolean continuous) {
        this.arraySize = arraySize;
        this.elements = elements.clone();
        this.continuous = continuous;
    }

    @Override
    public int arraySize() {
        return arraySize;
    }

    @Override
    public int size() {
        return elements.length;
    }

    @Override
    public boolean isContinuous() {
        return continuous;
    }

    @Override
    public int encode(double[] array, int from, double[] row, int to) {
        for (int j = 0; j < elements.length; j++) {
            double value = array[from + elements[j]];
            if (!(Math.abs(value) <= LIMIT)) {
                return elements[j];
            }
            row[to + j] = value;
        }
        return -1;
    }
}
