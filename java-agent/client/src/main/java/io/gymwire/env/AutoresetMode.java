// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** What a vector environment does when an episode ends: Gymnasium's three rules. */
public enum AutoresetMode {
    /**
     * The step that ends an episode answers with its last observation; the next step ignores the action, resets, and
     * answers with reward 0 and the first observation of the new episode.
     */
    NEXT_STEP,
    /**
     * The step that ends an episode also resets: it answers with the first observation of the new episode and keeps
     * the last one of the old episode as its final observation.
     */
    SAME_STEP,
    /** Nothing resets by itself: an ended environment must be reset before the next step. */
    DISABLED
}
