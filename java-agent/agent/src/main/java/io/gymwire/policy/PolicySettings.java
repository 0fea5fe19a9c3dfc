// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.settings.LayerWidths;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings that every policy has. */
public final class PolicySettings {

    public static final SettingGroup GROUP = new SettingGroup("Policy");

    /** Widths of the hidden layers. */
    public static final Setting<LayerWidths> HIDDEN = GROUP.widths("hidden")
            .text("Widths of the policy's hidden layers; with 'none', its mean or logits are a linear function of"
                    + " the observation")
            .fixedOnResume()
            .orElse("64,64");

    private PolicySettings() {}
}
