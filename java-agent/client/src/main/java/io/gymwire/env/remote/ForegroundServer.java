// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The environment server as a child process. It shares the output of this process and ends with this process. */
public final class ForegroundServer {

    private static final long STOP_SECONDS = 5;

    private ForegroundServer() {}

    /**
     * Runs the server until it ends. If this process ends first, for example because of Ctrl-C, the server ends too.
     *
     * @param python the interpreter that runs the server; empty for the Python environment that Gymwire manages
     * @param arguments the arguments of {@code python -m gymwire.server}
     * @return the server's exit code
     */
    public static int run(Optional<Path> python, List<String> arguments) throws IOException, InterruptedException {
        ServerHome home = ServerHome.find(python);
        List<String> command = new ArrayList<>(List.of(
                "-m",
                "gymwire.server",
                "--managed",
                // The operator reads the log in the output. A --log-file in `arguments` replaces this value.
                "--log-file",
                "-"));
        command.addAll(arguments);
        Process server = home.python(command, Map.of())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "gymwire-serve-stop"));
        return server.waitFor();
    }

    /** Closes the server's standard input, so that the server ends. Kills the server if it does not end in time. */
    private static void stop(Process server) {
        try {
            server.getOutputStream().close();
            if (!server.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        } catch (IOException e) {
            server.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
