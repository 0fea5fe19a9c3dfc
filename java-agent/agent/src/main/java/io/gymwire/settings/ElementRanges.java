// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.Arrays;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A choice of an observation's elements. It is written {@code all}, or as ranges in ascending order, for example
 * {@code 0-26,30}. The method {@code toString} writes equal choices in the same way.
 *
 * @param values the elements, counted from 0, ascending; an empty array stands for all elements
 */
public record ElementRanges(int[] values) {

    private static final String ALL = "all";
    /**
     * The maximum number of digits of an element's number, without leading zeros. A number with more digits is a typing
     * mistake: no network reads ten million elements or more, and a range of so many elements would fill the memory.
     */
    private static final int MOST_DIGITS = 7;

    private static final Pattern RANGE = Pattern.compile("([0-9]+)(?:-([0-9]+))?");

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text has another form, or a number with too many digits
     */
    static ElementRanges parse(String text) {
        IntStream.Builder values = IntStream.builder();
        if (!text.equals(ALL)) {
            int last = -1;
            for (String range : text.split(",", -1)) {
                Matcher matcher = RANGE.matcher(range);
                if (!matcher.matches()) {
                    throw wrong(text);
                }
                int from = element(matcher.group(1), text);
                int to = matcher.group(2) == null ? from : element(matcher.group(2), text);
                if (from <= last || to < from) {
                    throw wrong(text);
                }
                IntStream.rangeClosed(from, to).forEach(values);
                last = to;
            }
        }
        return new ElementRanges(values.build().toArray());
    }

    private static int element(String digits, String text) {
        if (digits.replaceFirst("^0+", "").length() > MOST_DIGITS) {
            throw new IllegalArgumentException("'" + text + "' goes beyond element " + "9".repeat(MOST_DIGITS));
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("'" + text + "' is neither the word " + ALL
                + " nor ranges of elements in ascending order, e.g. 0-26,30");
    }

    /** A copy of the elements. */
    @Override
    public int[] values() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ElementRanges same && Arrays.equals(values, same.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringJoiner ranges = new StringJoiner(",").setEmptyValue(ALL);
        int from = 0;
        for (int i = 0; i < values.length; i++) {
            if (i + 1 == values.length || values[i + 1] != values[i] + 1) {
                ranges.add(from == i ? "" + values[i] : values[from] + "-" + values[i]);
                from = i + 1;
            }
        }
        return ranges.toString();
    }
}
