// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.UpdateSettings;
import io.gymwire.update.natural.NpgUpdate;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionMetrics;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.ppo.PpoMetrics;
import io.gymwire.update.ppo.PpoSettings;
import io.gymwire.update.ppo.PpoUpdate;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The algorithms, each with its {@link PolicyUpdate}, settings and metrics. There is no other list of them. */
public enum Algorithm {
    /** Trust region policy optimisation. */
    TRPO(
            List.of(UpdateSettings.GROUP, TrustRegionSettings.GROUP, TrustRegionSettings.LINE_SEARCH),
            TrustRegionMetrics.GROUP,
            true,
            TrpoUpdate::new),
    /** Natural policy gradient. */
    NPG(List.of(UpdateSettings.GROUP, TrustRegionSettings.GROUP), TrustRegionMetrics.NPG, true, NpgUpdate::new),
    /** Proximal policy optimisation: clips the probability ratio of each action separately, or adds a KL penalty. */
    PPO(List.of(UpdateSettings.GROUP, PpoSettings.GROUP), PpoMetrics.GROUP, false, PpoUpdate::new);

    private final List<SettingGroup> settings;
    private final MetricGroup metrics;
    private final boolean takesBranches;
    private final BiFunction<Policy, Settings, PolicyUpdate> update;

    Algorithm(
            List<SettingGroup> settings,
            MetricGroup metrics,
            boolean takesBranches,
            BiFunction<Policy, Settings, PolicyUpdate> update) {
        this.settings = settings;
        this.metrics = metrics;
        this.takesBranches = takesBranches;
        this.update = update;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The algorithm's settings. Several algorithms can have the same group. */
    public List<SettingGroup> settings() {
        return settings;
    }

    /** The algorithm's metrics. */
    public MetricGroup metrics() {
        return metrics;
    }

    /** The setting that limits a metric, for each algorithm that has such a setting. */
    public static Map<Algorithm, Setting<Double>> limits(Metric metric) {
        Map<Algorithm, Setting<Double>> limits = new EnumMap<>(Algorithm.class);
        for (Algorithm algorithm : values()) {
            algorithm.metrics().limit(metric).ifPresent(setting -> limits.put(algorithm, setting));
        }
        return limits;
    }

    /** Creates the object that updates one policy. */
    public PolicyUpdate update(Policy policy, Settings settings) {
        return update.apply(policy, settings);
    }

    /** Whether the algorithm's objective can combine the several actions that vine sampling tries in one state. */
    boolean takesBranches() {
        return takesBranches;
    }

    /** The names of all algorithms that can learn from branches, for messages. */
    static String takingBranches() {
        return Arrays.stream(values())
                .filter(Algorithm::takesBranches)
                .map(Algorithm::toString)
                .collect(Collectors.joining(" or "));
    }

    /**
     * The reason why a setting of other algorithms has no effect on runs of this algorithm; empty if the setting can
     * have an effect.
     */
    public Optional<String> withoutEffect(Setting<?> setting) {
        List<Algorithm> owners = Arrays.stream(values())
                .filter(algorithm -> algorithm.has(setting))
                .toList();
        if (owners.isEmpty() || owners.contains(this)) {
            return Optional.empty();
        }
        String names = owners.stream().map(Algorithm::toString).collect(Collectors.joining(" and "));
        return Optional.of("it is a setting of --algorithm " + names + ", and the run has --algorithm " + this);
    }

    private boolean has(Setting<?> setting) {
        return settings.stream().anyMatch(group -> group.settings().contains(setting));
    }
}
