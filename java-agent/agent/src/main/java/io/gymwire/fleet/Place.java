// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.StartOptions;
import java.util.Optional;

/**
 * Where environments are: on servers that others run, or on servers that are started for the purpose.
 *
 * @param running the running servers; empty to start servers
 * @param patience how long to wait for servers
 * @param start how to start one
 */
public record Place(Optional<ServerList> running, Patience patience, StartOptions start) {

    /** Servers of this process's own. */
    public static Place own(StartOptions start) {
        return new Place(Optional.empty(), Patience.DEFAULT, start);
    }

    /** Servers that others run. */
    public static Place on(ServerList running, Patience patience) {
        return new Place(Optional.of(running), patience, StartOptions.OWN);
    }
}
