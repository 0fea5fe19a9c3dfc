// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Widths of hidden layers, written {@code 64,64}. One value and no list of options, so that a later one replaces an
 * earlier one.
 *
 * @param values width of each layer, first to last
 */
record LayerWidths(int[] values) {

    /** Reads the written form. */
    static final class Converter implements ITypeConverter<LayerWidths> {
        @Override
        public LayerWidths convert(String text) {
            try {
                return new LayerWidths(Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray());
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a list of layer widths, e.g. 64,64");
            }
        }
    }

    @Override
    public String toString() {
        return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
