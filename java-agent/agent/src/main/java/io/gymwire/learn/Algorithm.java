// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.metrics.MetricGroup;
import io.gymwire.policy.Policy;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionMetrics;
import io.gymwire.update.natural.TrustRegionSettings;
import java.util.Locale;
import java.util.function.BiFunction;

/** The ways to improve a policy: the one list of {@link PolicyUpdate}s, with the settings and metrics of each. */
public enum Algorithm {
    /** Trust region policy optimisation. */
    TRPO(TrustRegionSettings.GROUP, TrustRegionMetrics.GROUP, TrpoUpdate::new);

    private final SettingGroup settings;
    private final MetricGroup metrics;
    private final BiFunction<Policy, Settings, PolicyUpdate> update;

    Algorithm(SettingGroup settings, MetricGroup metrics, BiFunction<Policy, Settings, PolicyUpdate> update) {
        this.settings = settings;
        this.metrics = metrics;
        this.update = update;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its settings. */
    public SettingGroup settings() {
        return settings;
    }

    /** Its metrics. */
    public MetricGroup metrics() {
        return metrics;
    }

    /** Makes the updates of one policy. */
    public PolicyUpdate update(Policy policy, Settings settings) {
        return update.apply(policy, settings);
    }
}
