// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.List;
import java.util.stream.Stream;

/**
 * The values of an option that can be given several times, in the order in which they were given.
 *
 * @param values the values as written on the command line or in a preset
 */
public record TextList(List<String> values) {

    public TextList {
        values = List.copyOf(values);
    }

    /** These values, followed by {@code later}. */
    public TextList and(TextList later) {
        return new TextList(
                Stream.concat(values.stream(), later.values.stream()).toList());
    }

    @Override
    public String toString() {
        return String.join(" ", values);
    }
}
