// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;

/**
 * One run of a sweep.
 *
 * @param directory the run's
 * @param envId the environment
 * @param seed the run's
 * @param arguments of {@code train}, but for where it is to run
 * @param steps environment steps at its end
 */
public record SweepRun(Path directory, String envId, long seed, List<String> arguments, long steps) {

    private static final List<String> MACHINE_OPTIONS = List.of("--workers", "--server", "--request-timeout");

    /** Those arguments that are about the machine: a run that goes on takes the others from its directory. */
    List<String> machineArguments() {
        return arguments.stream()
                .filter(word -> MACHINE_OPTIONS.stream().anyMatch(word::startsWith))
                .toList();
    }

    /** The directory's name. */
    public String name() {
        return directory.getFileName().toString();
    }
}
