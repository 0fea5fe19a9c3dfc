// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.StartOptions;
import java.util.Optional;

/**
 * The place of the environments: on running servers, or on managed servers that this process starts.
 *
 * @param running the running servers; empty to start managed servers
 * @param patience how long to wait for servers
 * @param start how to start a managed server
 */
public record Place(Optional<ServerList> running, Patience patience, StartOptions start) {

    /** A place on managed servers. */
    public static Place own(StartOptions start) {
        return new Place(Optional.empty(), Patience.DEFAULT, start);
    }

    /** A place on running servers. */
    public static Place on(ServerList running, Patience patience) {
        return new Place(Optional.of(running), patience, StartOptions.OWN);
    }
}
