// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.settings.ElementRanges;
import io.gymwire.settings.MaskSource;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings of the observations that policy and critic receive. */
public final class ObservationSettings {

    public static final SettingGroup GROUP = new SettingGroup("Observations");

    /** Elements of a Box observation that policy and critic receive. */
    public static final Setting<ElementRanges> OBSERVE = GROUP.elements("observe")
            .text("Elements of a Box observation, counted from 0 in row-major order, that policy and critic use, e.g."
                    + " 0-26,30")
            .more("Without elements that contain little information, learning needs fewer samples.")
            .fixedOnResume()
            .orElse("all");

    /** The place where the environment reports which actions a state allows. */
    public static final Setting<MaskSource> ACTION_MASK = GROUP.mask("action-mask")
            .text("Where the environment reports which choices a state allows (1) and forbids (0): info:KEY, or"
                    + " observation:KEY for a part of a Dict observation")
            .more("Forbidden choices have probability 0. For policy and critic, the mask is a part of the observation.")
            .onlyIf((task, settings) -> task.hasChoicesAlone(), "masks are for Discrete and MultiDiscrete actions")
            .fixedOnResume()
            .orElse("none");

    private ObservationSettings() {}
}
