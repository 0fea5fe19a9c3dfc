// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** The behaviour of a vector environment when an episode ends: Gymnasium's three modes. */
public enum AutoresetMode {
    /**
     * The step that ends an episode returns the episode's last observation. The next step ignores the action and
     * resets the environment. It returns reward 0 and the first observation of the new episode.
     */
    NEXT_STEP,
    /**
     * The step that ends an episode also resets the environment. It returns the first observation of the new episode,
     * and the last observation of the old episode as the final observation.
     */
    SAME_STEP,
    /** No automatic reset: after its episode ends, an environment must be reset before the next step. */
    DISABLED
}
