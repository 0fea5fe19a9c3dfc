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
 * @param directory the run's
 * @param config what the arguments come to
 * @param arguments of {@code train}, but for where it is to run
 */
public record SweepRun(Path directory, RunConfig config, List<String> arguments) {

    private static final List<String> MACHINE_OPTIONS = List.of("--workers", "--server", "--request-timeout");

    /** Those arguments that are about the machine: a run that goes on takes the others from its directory. */
    private List<String> machineArguments() {
        return arguments.stream()
                .filter(word -> MACHINE_OPTIONS.stream().anyMatch(word::startsWith))
                .toList();
    }

    /** The arguments with which a run that has begun goes on: its goal, and what is about the machine. */
    List<String> resumeArguments() {
        List<String> words = new ArrayList<>(List.of("--resume", directory.toString(), "--steps=" + steps()));
        if (config.settings().has(RunSettings.STOP_AT)) {
            words.add(RunSettings.STOP_AT.option() + "=" + config.get(RunSettings.STOP_AT));
        }
        words.addAll(machineArguments());
        return words;
    }

    /** Environment steps at its end. */
    public long steps() {
        return config.get(RunSettings.STEPS);
    }

    /** The directory's name. */
    public String name() {
        return directory.getFileName().toString();
    }
}
