// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.random.RandomGenerator;

/**
 * Strings over a set of characters. Characters are Unicode code points, as in Python.
 *
 * @param minLength the minimum number of characters, at least 0
 * @param maxLength the maximum number of characters, at least {@code minLength}
 * @param charset the set of characters, each once, in the order of Gymnasium's {@code character_list}
 */
public record TextSpace(long minLength, long maxLength, String charset) implements Space {
    public TextSpace {
        if (minLength < 0 || maxLength < minLength) {
            throw new IllegalArgumentException(
                    "a Text space has 0 <= minLength <= maxLength, not " + minLength + " and " + maxLength);
        }
        if (charset.codePoints().distinct().count() != charset.codePoints().count()) {
            throw new IllegalArgumentException(
                    "the charset of a Text space has each character once, not \"" + charset + "\"");
        }
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof String text)) {
            return false;
        }
        long length = text.codePointCount(0, text.length());
        return length >= minLength
                && length <= maxLength
                && text.codePoints().allMatch(used -> charset.codePoints().anyMatch(character -> character == used));
    }

    /**
     * Draws the length, and then the characters. All lengths are equally probable, and all characters too.
     *
     * @throws IllegalStateException if the charset is empty but {@code maxLength} is not 0
     */
    @Override
    public String sample(RandomGenerator random) {
        int[] characters = charset.codePoints().toArray();
        if (characters.length == 0 && maxLength > 0) {
            throw new IllegalStateException(this + " has no character to draw from");
        }
        long length = minLength + random.nextLong(maxLength - minLength + 1);
        StringBuilder text = new StringBuilder();
        for (long i = 0; i < length; i++) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    /** The space in Gymnasium's form, with the characters sorted. */
    @Override
    public String toString() {
        StringBuilder sorted = new StringBuilder();
        charset.codePoints().sorted().forEach(sorted::appendCodePoint);
        return "Text(" + minLength + ", " + maxLength + ", charset=" + sorted + ")";
    }
}
