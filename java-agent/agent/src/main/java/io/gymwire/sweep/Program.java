// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The program that a sweep starts, in a new process for each run. A build of the program removes its files and makes
 * them again, which takes about a minute.
 *
 * @param command the command to which {@code train} and its arguments are added
 * @param files the files that exist whenever the program is complete
 * @param patience how long a sweep waits for missing files before it starts runs nevertheless
 */
public record Program(List<String> command, List<Path> files, Duration patience) {

    /** A file that is missing; empty if the program is complete. */
    Optional<Path> missing() {
        return files.stream().filter(Files::notExists).findFirst();
    }
}
