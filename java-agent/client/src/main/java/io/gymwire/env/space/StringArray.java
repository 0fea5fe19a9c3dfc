// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.Arrays;
import java.util.List;

/** A numpy array of strings with a maximum number of characters, for example of dtype {@code <U5}. */
public final class StringArray {
    private final int[] shape;
    private final List<String> values;
    private final int maxLength;

    /**
     * Makes an array.
     *
     * @param shape the length of each axis, not modified
     * @param values the elements in row-major order, not modified
     * @param maxLength the maximum number of characters (code points) of an element
     * @throws IllegalArgumentException if the number of values does not fit the shape, or a value is too long or ends
     *     with NUL
     */
    public StringArray(int[] shape, List<String> values, int maxLength) {
        if (NdArray.size(shape) != values.size()) {
            throw new IllegalArgumentException(
                    "a string array of shape " + Arrays.toString(shape) + " cannot hold " + values.size() + " strings");
        }
        for (String value : values) {
            // numpy pads strings with NUL. Therefore it would remove a NUL at the end of a string.
            if (value.codePointCount(0, value.length()) > maxLength || value.endsWith("\0")) {
                throw new IllegalArgumentException("the string \"" + value + "\" does not fit an array with room for "
                        + maxLength + " characters, or ends with NUL");
            }
        }
        this.shape = shape.clone();
        this.values = List.copyOf(values);
        this.maxLength = maxLength;
    }

    /** The length of each axis, in a new array. */
    public int[] shape() {
        return shape.clone();
    }

    /** The elements in row-major order. */
    public List<String> values() {
        return values;
    }

    /** The maximum number of characters (code points) of an element. */
    public int maxLength() {
        return maxLength;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StringArray array
                && Arrays.equals(shape, array.shape)
                && values.equals(array.values)
                && maxLength == array.maxLength;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(shape) + values.hashCode()) + maxLength;
    }

    @Override
    public String toString() {
        return "<U" + maxLength + Arrays.toString(shape) + " " + values;
    }
}
