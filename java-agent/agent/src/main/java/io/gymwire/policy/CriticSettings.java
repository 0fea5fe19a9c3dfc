// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.settings.LayerWidths;
import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings of the critic and its fit. */
public final class CriticSettings {

    public static final SettingGroup GROUP = new SettingGroup("Critic");

    /** Widths of the hidden layers. */
    public static final Setting<LayerWidths> HIDDEN = GROUP.widths("critic-hidden")
            .text("Widths of the critic's hidden layers, or 'none' for no hidden layer")
            .fixedOnResume()
            .orElse("64,64");

    /** The number of passes over the batch in each fit. */
    public static final Setting<Integer> EPOCHS = GROUP.integer("critic-epochs", "K")
            .text("Passes of the critic over each batch")
            .in(Range.atLeast(1))
            .orElse("20", "as in Stable-Baselines3's zoo");

    /** The number of samples in a minibatch. The last minibatch of a pass can be smaller. */
    public static final Setting<Integer> MINIBATCH = GROUP.integer("critic-batch", "N")
            .text("Number of samples for one step of the critic's optimiser")
            .in(Range.atLeast(1))
            .orElse("128");

    /** Adam's step size at the start. */
    public static final Setting<Double> LEARNING_RATE = GROUP.real("critic-lr", "A")
            .text("Step size of the critic's optimiser, Adam, at the start")
            .in(Range.above(0))
            .orElse("0.001");

    private CriticSettings() {}
}
