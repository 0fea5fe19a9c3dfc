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

    /** The directory's name. */
    public String name() {
        return directory.getFileName().toString();
    }
}
