// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a sweep's runs: every {@code count}-th run, from the run {@code index} on. Several processes, one for each
 * part, together do all runs.
 *
 * @param index the index of the part's first run among the sweep's runs, from 0
 * @param count the number of parts
 */
public record Part(int index, int count) {

    /** The part that contains all runs. */
    public static final Part WHOLE = new Part(0, 1);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

    /**
     * Reads a text such as {@code 2/10}.
     *
     * @throws IllegalArgumentException if the text is not {@code K/N} with K less than N
     */
    public static Part parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        Part part = matcher.matches()
                ? new Part(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : WHOLE;
        if (!matcher.matches() || part.index >= part.count) {
            throw new IllegalArgumentException("--part must be K/N with K from 0 to N - 1, e.g. 2/10; got " + text);
        }
        return part;
    }

    /** Whether the run with this index belongs to the part. */
    public boolean has(int run) {
        return run % count == index;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
