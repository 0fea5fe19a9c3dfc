// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Python environments such as users may have. Each method makes one and returns its interpreter. */
final class OwnEnvironment {

    /** Folder with the module tinylab, which registers tinylab/Walk-v0. */
    static final Path TINYLAB = PythonTools.home().resolve("python-env-server/tests/packages/tinylab");

    private OwnEnvironment() {}

    /** One with Gymwire's server and the module tinylab. */
    static Path make(Path place) {
        PythonTools.run(PythonTools.script("own_environment.py"), place.toString(), TINYLAB.toString());
        return place.resolve("bin/python");
    }

    /** One without any package. */
    static Path makeEmpty(Path place) {
        PythonTools.run(PythonTools.script("own_environment.py"), place.toString());
        return place.resolve("bin/python");
    }

    /** A program that runs an interpreter, as that of an environment that is not of Python's own kind may be. */
    static Path makeScript(Path file, Path python) throws IOException {
        Files.writeString(file, "#!/bin/sh\nexec '" + python + "' \"$@\"\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
        return file;
    }
}
