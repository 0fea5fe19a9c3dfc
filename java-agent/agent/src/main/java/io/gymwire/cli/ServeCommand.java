// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.remote.ForegroundServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code gymwire serve}: runs the environment server in the foreground. */
@Command(
        name = "serve",
        description = {
            "Runs the environment server until it is interrupted. Prints the server's address when it is ready.",
            "All other options go to the server program, e.g. --token-file FILE; --help-server lists them."
        })
final class ServeCommand implements Callable<Integer> {

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:0",
            description = "Where to listen, host:port or unix:PATH (${DEFAULT-VALUE}; port 0: any free port).")
    private String listen;

    @Option(
            names = "--import",
            paramLabel = "MODULE",
            description = "Imports a Python module, which registers environments. May be repeated.")
    private List<String> modules = List.of();

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description =
                    "Runs the server with this Python interpreter; gymwire[server] must be installed there (default:"
                            + " Gymwire's own interpreter).")
    private Path python;

    @Option(names = "--help-server", description = "Lists the options of the server program.")
    private boolean help;

    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        List<String> own = new ArrayList<>(List.of("--listen", listen));
        modules.forEach(module -> own.add("--import=" + module));
        own.addAll(arguments);
        if (help) {
            own.add("--help");
        }
        return ForegroundServer.run(Optional.ofNullable(python).map(Path::toAbsolutePath), own);
    }
}
