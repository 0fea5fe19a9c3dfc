// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Widths of hidden layers, written for example {@code 64,64}, or {@code none}. All widths together are one value: if a
 * command line gives the same option twice, the second list of widths replaces the whole first list.
 *
 * @param values the width of each layer, first to last; empty if there is no hidden layer
 */
public record LayerWidths(int[] values) {

    private static final String NONE = "none";

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text has another form, or if a width is below 1
     */
    static LayerWidths parse(String text) {
        if (text.equals(NONE)) {
            return new LayerWidths(new int[0]);
        }
        int[] values =
                Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        if (Arrays.stream(values).anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException(
                    "'" + text + "' contains a width below 1; give widths of at least 1, e.g. 64,64, or the word none");
        }
        return new LayerWidths(values);
    }

    /** A copy of the widths. */
    @Override
    public int[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerWidths same && Arrays.equals(values, same.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return values.length == 0
                ? NONE
                : Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
