// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.List;

/**
 * The choice of Gymnasium's infos that the server sends with its answers.
 *
 * @param everything whether the server sends all infos
 * @param keys the keys of the infos to send if {@code everything} is false; empty for no infos
 */
public record InfoSelection(boolean everything, List<String> keys) {
    private static final InfoSelection ALL = new InfoSelection(true, List.of());
    private static final InfoSelection NONE = new InfoSelection(false, List.of());

    public InfoSelection {
        keys = List.copyOf(keys);
        if (everything && !keys.isEmpty()) {
            throw new IllegalArgumentException("both all infos and the keys " + keys + " were requested; choose one");
        }
    }

    /** Selects every info. */
    public static InfoSelection all() {
        return ALL;
    }

    /** Selects no info, which is the cheapest choice. */
    public static InfoSelection none() {
        return NONE;
    }

    /** Selects the named infos, for example {@code x_position}. It is no error if an environment does not set a key. */
    public static InfoSelection keys(String... keys) {
        return new InfoSelection(false, List.of(keys));
    }
}
