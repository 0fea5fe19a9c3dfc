// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Connections to the servers of a place, of which one is started if need be; for commands that make no run. */
public final class Servers implements AutoCloseable {

    private final ManagedServer started; // null if others run the servers
    private final List<RemoteServer> connections;

    /**
     * Connects, and starts a server before that where the place has none that others run.
     *
     * @param console told who is waited for and who is skipped
     */
    public Servers(Place place, Consumer<String> console) throws IOException {
        if (place.running().isPresent()) {
            started = null;
            connections = connect(place.running().get(), place.patience(), console);
        } else {
            started = ManagedServer.start(place.start());
            try {
                connections = List.of(started.connect());
            } catch (RuntimeException e) {
                started.close();
                throw e;
            }
        }
    }

    private static List<RemoteServer> connect(ServerList list, Patience patience, Consumer<String> console)
            throws IOException {
        Waiting waiting = new Waiting(patience.first(), () -> false, console);
        Connections found =
                waiting.until(() -> Connections.open(list.read(), !waiting.isOver()), Connections::isNoAnswer);
        if (!found.missing().isEmpty()) {
            console.accept("skipped " + found.missing());
        }
        return found.answering();
    }

    /** The first of them. */
    public RemoteServer first() {
        return connections.get(0);
    }

    /** All of them, in order. */
    public List<RemoteServer> all() {
        return connections;
    }

    /** Closes the connections, and the server if it was started here. */
    @Override
    public void close() {
        connections.forEach(RemoteServer::close);
        if (started != null) {
            started.close();
        }
    }
}
