// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.settings.ElementRanges;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings of what policy and critic see. */
public final class ObservationSettings {

    public static final SettingGroup GROUP = new SettingGroup("Observations");

    /** Elements of a Box observation that policy and critic see. */
    public static final Setting<ElementRanges> OBSERVE = GROUP.elements("observe")
            .text("Elements of a Box observation, counted from 0 in row-major order, that policy and critic see, e.g."
                    + " 0-26,30")
            .more("Those that say little about what to do cost samples.")
            .fixedOnResume()
            .orElse("all");

    private ObservationSettings() {}
}
