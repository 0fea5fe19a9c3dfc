// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Widths of hidden layers, written {@code 64,64}, or {@code none}. One value and no list of options, so that a later
 * one replaces an earlier one.
 *
 * @param values width of each layer, first to last; empty for none
 */
record LayerWidths(int[] values) {

    private static final String NONE = "none";

    /** Reads the written form. */
    static final class Converter implements ITypeConverter<LayerWidths> {
        @Override
        public LayerWidths convert(String text) {
            if (text.equals(NONE)) {
                return new LayerWidths(new int[0]);
            }
            try {
                return new LayerWidths(Arrays.stream(text.split(",", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray());
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not a list of layer widths, e.g. 64,64, or" + " none");
            }
        }
    }

    @Override
    public String toString() {
        return values.length == 0
                ? NONE
                : Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
