// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.GaussianSettings;
import io.gymwire.settings.Setting;
import java.util.Locale;
import java.util.Map;

/** The ways to estimate the values of actions. */
public enum Sampling {
    /** Only from trajectories. */
    PATH(Map.of()),
    /** From branches that start in states of the trajectories; see {@link VineCollector}. */
    VINE(Map.of(
            GaussianSettings.NOISE_COLOR,
            "branches draw white noise, because the value of an action must not depend on earlier noise",
            RolloutSettings.REUSE,
            "branches of earlier policies are not reused, because nothing corrects their values for the new policy",
            RolloutSettings.LAG,
            "branches need the newest policy, but with --lag 1 a batch is collected while the update to this policy"
                    + " is still running"));

    private final Map<Setting<?>, String> withoutEffect;

    Sampling(Map<Setting<?>, String> withoutEffect) {
        this.withoutEffect = withoutEffect;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Settings that have no effect with this sampling and must keep their defaults, each with the reason. */
    public Map<Setting<?>, String> withoutEffect() {
        return withoutEffect;
    }
}
