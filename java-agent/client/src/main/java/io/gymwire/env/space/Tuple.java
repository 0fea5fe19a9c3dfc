// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** A Python tuple: an immutable list. Elements can be null. It is sent to a server as a tuple, not as a list. */
public final class Tuple extends AbstractList<Object> implements RandomAccess {
    private final Object[] elements;

    private Tuple(Object[] elements) {
        this.elements = elements;
    }

    /** Makes a tuple of the given elements. */
    public static Tuple of(Object... elements) {
        return new Tuple(elements.clone());
    }

    /** Makes a tuple of a list's elements. */
    public static Tuple copyOf(List<?> elements) {
        return new Tuple(elements.toArray());
    }

    @Override
    public Object get(int index) {
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }

    /** The elements in parentheses. */
    @Override
    public String toString() {
        String text = Arrays.toString(elements);
        return "(" + text.substring(1, text.length() - 1) + ")";
    }
}
