// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of a sweep.
 *
 * @param directory the run's directory
 * @param config the settings that result from the command line and the preset
 * @param arguments the arguments of {@code train}, except the run's directory
 */
public record SweepRun(Path directory, RunConfig config, List<String> arguments) {

    private static final List<String> SERVER_OPTIONS = List.of("--server", "--wait-servers", "--request-timeout");

    /**
     * The arguments that continue a run: its directory, {@code --steps}, and {@code --stop-at} if the run has this
     * setting. After these come some arguments of {@code train}: the settings that never change results, and what
     * depends on the machine (the options about servers, the Python interpreter). The other settings are in the run's
     * directory.
     */
    List<String> resumeArguments() {
        List<String> words = new ArrayList<>(List.of("--resume", directory.toString(), "--steps=" + steps()));
        if (config.settings().has(RunSettings.STOP_AT)) {
            words.add(RunSettings.STOP_AT.option() + "=" + config.get(RunSettings.STOP_AT));
        }
        arguments.stream().filter(SweepRun::isFree).forEach(words::add);
        return words;
    }

    private static boolean isFree(String argument) {
        boolean ofServer = SERVER_OPTIONS.stream().anyMatch(argument::startsWith);
        return ofServer
                || RunConfig.all().stream()
                        .filter(setting -> !setting.distinguishesRuns())
                        .anyMatch(setting -> argument.startsWith(setting.option() + "="));
    }

    /**
     * The value of {@code --steps}. The run ends after the iteration that reaches this number of environment steps, or
     * earlier because of {@code --stop-at}.
     */
    public long steps() {
        return config.get(RunSettings.STEPS);
    }

    /** The directory's name. */
    public String name() {
        return directory.getFileName().toString();
    }
}
