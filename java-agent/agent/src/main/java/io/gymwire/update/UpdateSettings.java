// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings that all updates share. */
public final class UpdateSettings {

    public static final SettingGroup GROUP = new SettingGroup("Policy update");

    /** Weight of the policy's mean entropy. The usual value is 0; 0.001 to 0.01 slows the loss of exploration. */
    public static final Setting<Double> ENTROPY = GROUP.real("entropy", "C")
            .text("Weight of the policy's entropy in the objective")
            .in(Range.atLeast(0))
            .orElse("0");

    private UpdateSettings() {}
}
