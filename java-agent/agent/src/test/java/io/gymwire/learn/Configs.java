// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.update.natural.TrustRegionSettings;

/** Settings for tests. */
public final class Configs {

    private static final Settings SMALL = Settings.DEFAULTS
            .with(RunSettings.STEPS, 1000L)
            .with(RunSettings.WORKERS, 1)
            .with(RolloutSettings.ENVS, 4)
            .with(RolloutSettings.BATCH, 16)
            .with(TrustRegionSettings.DELTA, 0.02)
            .withText(PolicySettings.HIDDEN, "5")
            .withText(CriticSettings.HIDDEN, "6,3")
            .with(CriticSettings.EPOCHS, 2)
            .with(CriticSettings.MINIBATCH, 8);

    private Configs() {}

    /** Settings with small networks, 4 environments and 16 steps in an iteration. */
    public static RunConfig small(long seed) {
        return new RunConfig("Line-v0", SMALL).with(RunSettings.SEED, seed);
    }
}
