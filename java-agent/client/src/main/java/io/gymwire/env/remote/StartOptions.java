// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options to start a managed server. Each {@code with} method returns a changed copy.
 *
 * @param python the interpreter that runs the server; empty for the Python environment that Gymwire manages
 * @param arguments further arguments of {@code python -m gymwire.server}
 * @param variables environment variables in addition to those of the Java process; see {@link ServerHome#python}
 * @param timeouts how long to wait for the server's start and then for its answers
 */
public record StartOptions(
        Optional<Path> python, List<String> arguments, Map<String, String> variables, Timeouts timeouts) {

    /** The largest number that the server's options accept. */
    private static final int MOST = 1_000_000;

    /**
     * Options for a server with only one client. The client has all permissions, and the numbers of its sessions,
     * environments and processes are practically unlimited. The server uses its fastest listener (--lean) and answers
     * one request at a time, on its main thread. If sessions should run in parallel, each session needs its own server.
     */
    public static final StartOptions OWN = new StartOptions(
            Optional.empty(),
            List.of(
                    "--lean",
                    "--allow-import",
                    "--allow-files",
                    "--allow-call",
                    "--allow-human",
                    "--max-sessions=" + MOST,
                    "--max-envs=" + MOST,
                    "--max-envs-per-session=" + MOST,
                    "--max-processes=" + MOST),
            Map.of(),
            Timeouts.DEFAULT);

    /** These options with another Python interpreter. */
    public StartOptions withPython(Optional<Path> interpreter) {
        return new StartOptions(interpreter, arguments, variables, timeouts);
    }

    /** These options with further modules that register environments. The server imports them. */
    public StartOptions withImports(List<String> modules) {
        List<String> more = new ArrayList<>(arguments);
        modules.forEach(module -> more.add("--import=" + module));
        return new StartOptions(python, List.copyOf(more), variables, timeouts);
    }

    /** These options with other timeouts. */
    public StartOptions withTimeouts(Timeouts longest) {
        return new StartOptions(python, arguments, variables, longest);
    }
}
