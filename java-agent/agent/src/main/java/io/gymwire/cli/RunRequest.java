// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.fleet.SessionLayout;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Exclusion;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.settings.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run as the user asked for it.
 *
 * @param sources the source of each value; a setting that is not in this map has its default value
 * @param given the settings that the command line gave; none for {@code verify}
 * @param leftOut the preset's settings that the run's algorithm or sampling does not use
 * @param commandLine the command line for the manifest, as given; for {@code verify}, without its options
 */
record RunRequest(
        RunConfig config,
        Map<Setting<?>, String> sources,
        Set<Setting<?>> given,
        List<Setting<?>> leftOut,
        List<String> commandLine) {

    /**
     * A new run with the settings of the preset and of the command line. The command line overrides the preset. The
     * preset's settings that the run's algorithm or sampling does not use are left out.
     */
    static RunRequest of(String envId, Presets.Preset preset, SettingOptions options, List<String> commandLine) {
        Settings all = options.over(preset.options().over(Settings.DEFAULTS));
        List<Setting<?>> leftOut = new ArrayList<>(preset.options().given());
        leftOut.removeIf(setting -> Exclusion.of(setting, all).isEmpty());
        Map<Setting<?>, String> sources = new HashMap<>();
        preset.options().given().forEach(setting -> sources.put(setting, preset.source()));
        sources.keySet().removeAll(leftOut);
        Settings settings = options.over(preset.options().over(Settings.DEFAULTS, leftOut));
        if (!settings.has(RunSettings.WORKERS)) {
            int cores = Runtime.getRuntime().availableProcessors();
            settings = settings.with(
                    RunSettings.WORKERS, Sessions.workersFor(envId, settings.get(RolloutSettings.ENVS), cores));
        }
        return of(new RunConfig(envId, settings), sources, options, leftOut, commandLine);
    }

    /**
     * A resumed run with its saved settings and the settings of the command line. The command line overrides the saved
     * settings.
     */
    static RunRequest resumed(ConfigFile.Contents saved, SettingOptions options, List<String> commandLine) {
        return of(options.over(saved.config()), new HashMap<>(saved.sources()), options, List.of(), commandLine);
    }

    private static RunRequest of(
            RunConfig config,
            Map<Setting<?>, String> sources,
            SettingOptions options,
            List<Setting<?>> leftOut,
            List<String> commandLine) {
        options.given().forEach(setting -> sources.put(setting, ConfigFile.COMMAND_LINE));
        return new RunRequest(config, sources, options.given(), leftOut, commandLine);
    }

    /** The division of the environments into sessions. */
    SessionLayout layout() {
        String source = sources.getOrDefault(RunSettings.WORKERS, ConfigFile.DEFAULT);
        return new SessionLayout(
                config.get(RolloutSettings.ENVS), config.get(RunSettings.WORKERS), !source.equals(ConfigFile.DEFAULT));
    }

    /** One line about the preset's settings that were left out; empty if there are none. */
    Optional<String> remark() {
        String names = leftOut.stream().map(Setting::option).collect(Collectors.joining(", "));
        String choices = leftOut.stream()
                .map(setting ->
                        Exclusion.of(setting, config.settings()).orElseThrow().choice())
                .distinct()
                .collect(Collectors.joining(" and "));
        return leftOut.isEmpty()
                ? Optional.empty()
                : Optional.of("left out of the preset (no effect with " + choices + "): " + names);
    }

    /**
     * Refuses settings of the command line that have no effect. Settings of a preset are not refused.
     *
     * @throws IllegalArgumentException with the reason why the setting has no effect
     */
    void requireEffect(Task task) {
        for (Setting<?> setting : given) {
            config.withoutEffect(setting, task).ifPresent(reason -> {
                throw new IllegalArgumentException(
                        setting + " has no effect on " + config.envId() + ": " + reason + "; leave it out");
            });
        }
    }
}
