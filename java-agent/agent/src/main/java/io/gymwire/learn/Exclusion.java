// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import java.util.Optional;

/**
 * The reason why a setting has no effect on a run: the run's algorithm or sampling does not use the setting. The reason
 * does not depend on the environment. If a preset contains such a setting, the run does not use it, and config.json
 * does not contain it.
 *
 * @param choice the run's algorithm or sampling, as on the command line
 * @param reason why the setting has no effect with this choice
 */
public record Exclusion(String choice, String reason) {

    /**
     * The reason why a setting has no effect on runs with these settings; empty if their algorithm and sampling allow
     * an effect. The setting's own condition, {@link Setting#withoutEffect}, is not tested.
     */
    public static Optional<Exclusion> of(Setting<?> setting, Settings settings) {
        Algorithm algorithm = settings.get(RunSettings.ALGORITHM);
        Sampling sampling = settings.get(VineSettings.SAMPLING);
        return algorithm
                .withoutEffect(setting)
                .map(reason -> new Exclusion(RunSettings.ALGORITHM + " " + algorithm, reason))
                .or(() -> Optional.ofNullable(sampling.withoutEffect().get(setting))
                        .map(reason -> new Exclusion(VineSettings.SAMPLING + " " + sampling, reason)));
    }
}
