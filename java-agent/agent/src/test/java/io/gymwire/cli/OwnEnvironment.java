// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes Python virtual environments such as a user could have, and scripts that run an interpreter. Each method returns
 * the path of the interpreter or script.
 */
final class OwnEnvironment {

    /** The folder with the module tinylab, which registers tinylab/Walk-v0. */
    static final Path TINYLAB = PythonTools.home().resolve("python-env-server/tests/packages/tinylab");

    private OwnEnvironment() {}

    /** Makes a virtual environment with Gymwire's server and the module tinylab. */
    static Path make(Path place) {
        PythonTools.run(PythonTools.script("own_environment.py"), place.toString(), TINYLAB.toString());
        return place.resolve("bin/python");
    }

    /** Makes a virtual environment without any package. */
    static Path makeEmpty(Path place) {
        PythonTools.run(PythonTools.script("own_environment.py"), place.toString());
        return place.resolve("bin/python");
    }

    /** Makes a script that runs an interpreter. Some tools install python as such a script, but venv does not. */
    static Path makeScript(Path file, Path python) throws IOException {
        Files.writeString(file, "#!/bin/sh\nexec '" + python + "' \"$@\"\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
        return file;
    }
}
