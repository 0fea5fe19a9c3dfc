// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.StartOptions;
import java.util.Optional;

/**
 * Where environments are: on a server that others run, or on servers that are started for the purpose.
 *
 * @param running how to reach the running server; empty to start servers
 * @param start how to start one
 */
public record Place(Optional<ConnectOptions> running, StartOptions start) {

    /** Servers of this process's own, started as usual. */
    public static final Place OWN = new Place(Optional.empty(), StartOptions.OWN);

    /** A server that others run. */
    public static Place on(ConnectOptions running) {
        return new Place(Optional.of(running), StartOptions.OWN);
    }

    /** Whether servers are started. */
    public boolean isOwn() {
        return running.isEmpty();
    }

    /** Starts a server. */
    ManagedServer startServer() {
        return ManagedServer.start(start);
    }
}
