// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TupleSpace;

/**
 * The properties of a run's environment on which settings can depend.
 *
 * @param observations the space of one environment's observations
 * @param actions the space of one environment's actions
 */
public record Task(Space observations, Space actions) {

    /** Whether the action space is a Box or contains a Box. */
    public boolean hasBoxActions() {
        return hasBox(actions);
    }

    /** Whether the action space is Discrete or MultiDiscrete. */
    public boolean hasChoicesAlone() {
        return actions instanceof DiscreteSpace || actions instanceof MultiDiscreteSpace;
    }

    private static boolean hasBox(Space space) {
        return space instanceof BoxSpace
                || space instanceof DictSpace dict
                        && dict.spaces().values().stream().anyMatch(Task::hasBox)
                || space instanceof TupleSpace tuple && tuple.spaces().stream().anyMatch(Task::hasBox);
    }
}
