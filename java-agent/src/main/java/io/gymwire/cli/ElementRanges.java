// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Elements of an observation, written {@code all} or as ranges that rise, {@code 0-26,30}.
 *
 * @param text the written form
 * @param values the elements, counted from 0, in rising order; empty for all
 */
record ElementRanges(String text, int[] values) {

    private static final String ALL = "all";
    /** Keeps a slip of the hand from filling the memory; no network reads as many. */
    private static final int LIMIT = 10_000_000;

    /** Reads the written form. */
    static final class Converter implements ITypeConverter<ElementRanges> {
        @Override
        public ElementRanges convert(String text) {
            IntStream.Builder values = IntStream.builder();
            if (!text.equals(ALL)) {
                int last = -1;
                for (String range : text.split(",", -1)) {
                    int dash = range.indexOf('-');
                    int from = number(dash < 0 ? range : range.substring(0, dash), text);
                    int to = number(range.substring(dash + 1), text);
                    if (from <= last || to < from) {
                        throw wrong(text);
                    }
                    IntStream.rangeClosed(from, to).forEach(values);
                    last = to;
                }
            }
            return new ElementRanges(text, values.build().toArray());
        }

        private static int number(String digits, String text) {
            int number;
            try {
                number = Integer.parseInt(digits);
            } catch (NumberFormatException e) {
                throw wrong(text);
            }
            if (number >= LIMIT) {
                throw new TypeConversionException("'" + text + "' goes beyond element " + (LIMIT - 1));
            }
            return number;
        }

        private static TypeConversionException wrong(String text) {
            return new TypeConversionException(
                    "'" + text + "' is neither " + ALL + " nor ranges of elements that rise, e.g. 0-26,30");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
