// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

/**
 * A named part of a parameter vector, as checkpoints store it.
 *
 * @param name unique within its network or distribution, e.g. 1.weight
 * @param offset index of the part's first element in the vector
 * @param shape length of each axis; elements are in row-major order
 */
public record Parameter(String name, int offset, int... shape) {

    /** The number of elements. */
    public int size() {
        int size = 1;
        for (int length : shape) {
            size *= length;
        }
        return size;
    }

    /** The same part with another name. */
    public Parameter named(String other) {
        return new Parameter(other, offset, shape);
    }

    /** The same part in a vector that has {@code count} additional elements before this part. */
    public Parameter behind(int count) {
        return new Parameter(name, offset + count, shape);
    }
}
