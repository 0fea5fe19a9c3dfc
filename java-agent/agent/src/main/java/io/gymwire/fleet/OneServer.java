// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;

/** A connection to one server of a place, which is started for it if need be. */
public final class OneServer implements AutoCloseable {

    private final ManagedServer started; // null if others run the server
    private final RemoteServer connection;

    /** Connects, and starts a server before that where the place is none that others run. */
    public OneServer(Place place) {
        started = place.isOwn() ? place.startServer() : null;
        try {
            connection = started == null ? RemoteServer.connect(place.running().orElseThrow()) : started.connect();
        } catch (RuntimeException e) {
            if (started != null) {
                started.close();
            }
            throw e;
        }
    }

    /** The connection. */
    public RemoteServer connection() {
        return connection;
    }

    /** Closes the connection, and the server if it was started here. */
    @Override
    public void close() {
        connection.close();
        if (started != null) {
            started.close();
        }
    }
}
