// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import java.util.Locale;

/** How the values of actions are estimated. */
public enum Sampling {
    /** From trajectories alone. */
    PATH,
    /** From branches that leave a trajectory; see {@link VineCollector}. */
    VINE;

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
