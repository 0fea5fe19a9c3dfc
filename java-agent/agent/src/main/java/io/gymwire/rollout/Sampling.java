// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.GaussianSettings;
import io.gymwire.settings.Setting;
import java.util.Locale;
import java.util.Map;

/** How the values of actions are estimated. */
public enum Sampling {
    /** From trajectories alone. */
    PATH(Map.of()),
    /** From branches that leave a trajectory; see {@link VineCollector}. */
    VINE(Map.of(
            GaussianSettings.NOISE_COLOR,
            "branches draw white noise, as the value of an action is that of the policy without noise before it",
            RolloutSettings.REUSE,
            "values that branches of earlier policies gave are not corrected for",
            RolloutSettings.LAG,
            "its branches need the present policy, which with a lag is not known yet while a batch is drawn"));

    private final Map<Setting<?>, String> withoutEffect;

    Sampling(Map<Setting<?>, String> withoutEffect) {
        this.withoutEffect = withoutEffect;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Settings that keep their defaults with it, each with the reason. */
    public Map<Setting<?>, String> withoutEffect() {
        return withoutEffect;
    }
}
