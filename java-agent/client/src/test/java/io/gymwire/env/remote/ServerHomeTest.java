// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerHomeTest {

    @Test
    void relativeFoldersOfPythonpathStartAtTheCallersDirectory() {
        ServerHome home = new ServerHome(Path.of("server"), Path.of("python"));
        Map<String, String> environment = home.python(
                        List.of(), Map.of("PYTHONPATH", "mylab" + File.pathSeparator + Path.of("/other/lab")))
                .environment();
        assertEquals(
                Path.of("mylab").toAbsolutePath()
                        + File.pathSeparator
                        + Path.of("/other/lab").toAbsolutePath(),
                environment.get("GYMWIRE_PYTHONPATH"));
        assertFalse(environment.containsKey("PYTHONPATH"));
    }
}
