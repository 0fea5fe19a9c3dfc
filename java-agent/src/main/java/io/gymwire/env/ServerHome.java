// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the Python server is installed.
 *
 * @param directory the folder {@code python-env-server}
 * @param python the interpreter of its virtual environment
 */
public record ServerHome(Path directory, Path python) {
    private static final String FOLDER = "python-env-server";

    /**
     * Finds it under the system property gymwire.home, else under the environment variable GYMWIRE_HOME, else in the
     * working directory or the nearest folder above that has it.
     */
    public static ServerHome find() {
        return find(System.getProperty("gymwire.home"), System.getenv("GYMWIRE_HOME"), Path.of(""));
    }

    static ServerHome find(String property, String variable, Path workingDirectory) {
        List<Path> candidates = new ArrayList<>();
        if (property != null) {
            candidates.add(Path.of(property));
        } else if (variable != null) {
            candidates.add(Path.of(variable));
        } else {
            for (Path path = workingDirectory.toAbsolutePath(); path != null; path = path.getParent()) {
                candidates.add(path);
            }
        }
        for (Path candidate : candidates) {
            Path directory = candidate.toAbsolutePath().normalize().resolve(FOLDER);
            if (Files.isDirectory(directory)) {
                return new ServerHome(directory, interpreter(directory));
            }
        }
        throw new EnvironmentException(ErrorCode.FAILED_PRECONDITION, "", "there is no folder " + FOLDER + " in "
                + candidates.get(0).toAbsolutePath().normalize() + (candidates.size() > 1 ? " or above" : "")
                + "; set GYMWIRE_HOME to the folder of Gymwire");
    }

    private static Path interpreter(Path directory) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        Path python = directory.resolve(windows ? ".venv/Scripts/python.exe" : ".venv/bin/python");
        if (!Files.isExecutable(python)) {
            throw new EnvironmentException(ErrorCode.FAILED_PRECONDITION, "", "the server is not installed: " + python
                    + " is missing; run ./gymwire once, or python3 " + FOLDER + "/bootstrap.py");
        }
        return python;
    }
}
