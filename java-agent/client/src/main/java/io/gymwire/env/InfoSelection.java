// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.List;

/**
 * Which of Gymnasium's infos travel with the answers.
 *
 * @param everything whether all infos travel
 * @param keys the infos that travel if not all do; empty for none
 */
public record InfoSelection(boolean everything, List<String> keys) {
    private static final InfoSelection ALL = new InfoSelection(true, List.of());
    private static final InfoSelection NONE = new InfoSelection(false, List.of());

    public InfoSelection {
        keys = List.copyOf(keys);
        if (everything && !keys.isEmpty()) {
            throw new IllegalArgumentException("all infos were asked for and also the keys " + keys);
        }
    }

    /** Sends every info. */
    public static InfoSelection all() {
        return ALL;
    }

    /** Sends no info: the cheapest. */
    public static InfoSelection none() {
        return NONE;
    }

    /** Sends the named infos, for example {@code x_position}; a key that an environment does not set is no error. */
    public static InfoSelection keys(String... keys) {
        return new InfoSelection(false, List.of(keys));
    }
}
