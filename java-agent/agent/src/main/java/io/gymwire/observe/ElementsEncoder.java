// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/**
 * An encoder that copies an array's elements, or some of them, unchanged. It is used for Box and for the bits of
 * MultiBinary.
 */
final class ElementsEncoder implements ArrayEncoder {

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
    public int element(int column) {
        return elements[column];
    }

    @Override
    public void encode(double[] array, int from, double[] row, int to) {
        if (elements.length == arraySize) {
            System.arraycopy(array, from, row, to, arraySize);
            return;
        }
        for (int j = 0; j < elements.length; j++) {
            row[to + j] = array[from + elements[j]];
        }
    }
}
