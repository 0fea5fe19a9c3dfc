// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.Space;

/**
 * What a run learns in, as far as settings may depend on it.
 *
 * @param observations space of one environment's observations
 * @param actions space of one environment's actions
 */
public record Task(Space observations, Space actions) {

    /** Whether actions are arrays of real numbers. */
    public boolean hasBoxActions() {
        return actions instanceof BoxSpace;
    }
}
