// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.ForegroundServer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code gymwire serve}: runs the environment server in the foreground. */
@Command(name = "serve",
        description = {
            "Runs the environment server until it is interrupted. Prints one line with its address once it answers.",
            "Options are the server's own, e.g. --listen 127.0.0.1:50051 or --import MODULE; serve --help-server lists them."})
final class ServeCommand implements Callable<Integer> {

    @Unmatched
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws Exception {
        List<String> own = arguments.stream().map(a -> a.equals("--help-server") ? "--help" : a).toList();
        return ForegroundServer.run(own);
    }
}
