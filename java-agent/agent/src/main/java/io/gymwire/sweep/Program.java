// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program that a sweep starts, in a new process for each run. A build of the program removes its files and makes
 * them again, which takes about a minute.
 *
 * @param command the command to which {@code train} and its arguments are added
 * @param files the files that exist whenever the program is complete
 * @param patience how long a sweep waits for missing files before it starts runs nevertheless
 */
public record Program(List<String> command, List<Path> files, Duration patience) {

    private static final String STAMP = "gymwire.stamp";

    /**
     * The files of a class path and their stamps. (The launcher writes a jar's stamp when a build is complete.) A
     * missing jar and its stamp are in the result too: a build has just removed both, and will write them again. Other
     * files and stamps are left out if they do not exist.
     */
    public static List<Path> files(String classPath) {
        List<Path> files = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path file = Path.of(entry);
            boolean removed = entry.endsWith(".jar") && Files.notExists(file);
            Stream.of(file, file.resolveSibling(STAMP))
                    .filter(each -> removed || Files.exists(each))
                    .forEach(files::add);
        }
        return List.copyOf(files);
    }

    /** A file that is missing; empty if the program is complete. */
    Optional<Path> missing() {
        return files.stream().filter(Files::notExists).findFirst();
    }
}
