// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A numpy array of Python objects. Infos of vector environments store strings in such arrays. Elements can be null. */
public final class ObjectArray {
    private final int[] shape;
    private final List<Object> values;

    /**
     * Makes an array.
     *
     * @param shape the length of each axis, not modified
     * @param values the elements in row-major order, not modified
     * @throws IllegalArgumentException if the number of values does not fit the shape
     */
    public ObjectArray(int[] shape, List<?> values) {
        if (NdArray.size(shape) != values.size()) {
            throw new IllegalArgumentException(
                    "an object array of shape " + Arrays.toString(shape) + " cannot hold " + values.size() + " values");
        }
        this.shape = shape.clone();
        this.values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** The length of each axis, in a new array. */
    public int[] shape() {
        return shape.clone();
    }

    /** The elements in row-major order. */
    public List<Object> values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectArray array && Arrays.equals(shape, array.shape) && values.equals(array.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + values.hashCode();
    }

    @Override
    public String toString() {
        return "object" + Arrays.toString(shape) + " " + values;
    }
}
