// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import picocli.CommandLine.Option;

/** The server to use. */
final class ServerOption {

    @Option(names = "--server", paramLabel = "ADDRESS",
            description = "A running server, host:port or unix:PATH (default: start one for this command).")
    private String address;

    /** The address given, or null. */
    String address() {
        return address;
    }
}
