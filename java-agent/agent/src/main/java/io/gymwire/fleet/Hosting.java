// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.StartOptions;
import java.util.Optional;

/**
 * The choice of the servers that host the environments: running servers, or managed servers that this process starts.
 *
 * @param running the running servers; empty to start managed servers
 * @param waitTimes how long to wait for servers
 * @param start how to start a managed server; not used if {@code running} names servers
 */
public record Hosting(Optional<ServerList> running, WaitTimes waitTimes, StartOptions start) {

    /** The choice of managed servers. */
    public static Hosting own(StartOptions start) {
        return new Hosting(Optional.empty(), WaitTimes.DEFAULT, start);
    }

    /** The choice of running servers. */
    public static Hosting on(ServerList running, WaitTimes waitTimes) {
        return new Hosting(Optional.of(running), waitTimes, StartOptions.OWN);
    }
}
