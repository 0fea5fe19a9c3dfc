// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.fleet.SessionLayout;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.Exclusion;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.record.ConfigFile;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.settings.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * @param leftOut the preset's settings that were left out, each with the reason
 * @param commandLine the command line for the manifest, as given; for {@code verify}, without its options
 */
record RunRequest(
        RunConfig config,
        Map<Setting<?>, String> sources,
        Set<Setting<?>> given,
        Map<Setting<?>, String> leftOut,
        List<String> commandLine) {

    /**
     * A new run with the settings of the preset and of the command line. The command line overrides the preset. The
     * preset's settings that the run's algorithm or sampling does not use are left out. A preset's --observe is left
     * out if the command line has a setting that can change the elements of an observation.
     */
    static RunRequest of(String envId, Presets.Preset preset, SettingOptions options, List<String> commandLine) {
        Settings all = options.over(preset.options().over(Settings.DEFAULTS));
        Map<Setting<?>, String> leftOut = new LinkedHashMap<>();
        for (Setting<?> setting : preset.options().given()) {
            Exclusion.of(setting, all).ifPresent(why -> leftOut.put(setting, "no effect with " + why.choice()));
        }
        if (preset.options().given().contains(ObservationSettings.OBSERVE)) {
            otherObservation(all, options.given())
                    .ifPresent(other -> leftOut.put(
                            ObservationSettings.OBSERVE, other + " can change the elements of an observation"));
        }
        Map<Setting<?>, String> sources = new HashMap<>();
        preset.options().given().forEach(setting -> sources.put(setting, preset.source()));
        sources.keySet().removeAll(leftOut.keySet());
        Settings settings = options.over(preset.options().over(Settings.DEFAULTS, List.copyOf(leftOut.keySet())));
        if (!settings.has(RunSettings.WORKERS)) {
            int cores = Runtime.getRuntime().availableProcessors();
            settings = settings.with(
                    RunSettings.WORKERS, Sessions.workersFor(envId, settings.get(RolloutSettings.ENVS), cores));
        }
        return of(new RunConfig(envId, settings), sources, options, leftOut, commandLine);
    }

    /**
     * The setting of the command line that can change the elements of an observation, so that a preset's --observe no
     * longer fits; empty if there is none. A wrapper of another module always counts, because its effect is unknown.
     */
    private static Optional<Setting<?>> otherObservation(Settings all, Set<Setting<?>> given) {
        if (given.contains(ObservationSettings.ACTION_MASK)) {
            return Optional.of(ObservationSettings.ACTION_MASK);
        }
        if (given.contains(EnvironmentSettings.WRAPPER)
                && all.get(EnvironmentSettings.WRAPPER).values().stream().anyMatch(RunRequest::isOtherObservation)) {
            return Optional.of(EnvironmentSettings.WRAPPER);
        }
        boolean changes = given.contains(EnvironmentSettings.ENV_ARG)
                && all.get(EnvironmentSettings.ENV_ARG).values().stream()
                        .anyMatch(word -> word.matches("(\\w*observation\\w*|xml_file)=.*"));
        return changes ? Optional.of(EnvironmentSettings.ENV_ARG) : Optional.empty();
    }

    private static boolean isOtherObservation(String wrapper) {
        int equals = wrapper.indexOf('=');
        String name = equals < 0 ? wrapper : wrapper.substring(0, wrapper.lastIndexOf(':', equals));
        return name.contains("Observation") || name.contains(":");
    }

    /**
     * A resumed run with its saved settings and the settings of the command line. The command line overrides the saved
     * settings.
     */
    static RunRequest resumed(ConfigFile.Contents saved, SettingOptions options, List<String> commandLine) {
        return of(options.over(saved.config()), new HashMap<>(saved.sources()), options, Map.of(), commandLine);
    }

    private static RunRequest of(
            RunConfig config,
            Map<Setting<?>, String> sources,
            SettingOptions options,
            Map<Setting<?>, String> leftOut,
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
        Map<String, List<String>> options = new LinkedHashMap<>();
        leftOut.forEach((setting, why) ->
                options.computeIfAbsent(why, key -> new ArrayList<>()).add(setting.option()));
        String reasons = options.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + " (" + entry.getKey() + ")")
                .collect(Collectors.joining("; "));
        return leftOut.isEmpty() ? Optional.empty() : Optional.of("left out of the preset: " + reasons);
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
