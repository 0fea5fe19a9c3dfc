// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Connections to the servers that a {@link Hosting} chooses, for the commands {@code eval} and {@code info}. If the
 * {@link Hosting} names no running servers, this class starts a managed server.
 */
public final class Servers implements AutoCloseable {

    private final ManagedServer started; // null if the hosting names running servers
    private final List<RemoteServer> connections;

    /**
     * Connects to the servers. If the hosting names no running servers, starts a managed server first.
     *
     * @param console receives lines about servers that are waited for or skipped
     */
    public Servers(Hosting hosting, Consumer<String> console) throws IOException {
        if (hosting.running().isPresent()) {
            started = null;
            connections = connect(hosting.running().get(), hosting.waitTimes(), console);
        } else {
            started = ManagedServer.start(hosting.start());
            try {
                connections = List.of(started.connect());
            } catch (RuntimeException e) {
                started.close();
                throw e;
            }
        }
    }

    private static List<RemoteServer> connect(ServerList list, WaitTimes waitTimes, Consumer<String> console)
            throws IOException {
        Retry waiting = new Retry(waitTimes.first(), () -> false, console);
        Connections found =
                waiting.until(() -> Connections.open(list.read(), !waiting.isOver()), Connections::isNoAnswer);
        if (!found.missing().isEmpty()) {
            console.accept("skipped " + found.missing());
        }
        return found.answering();
    }

    /** The first connection. */
    public RemoteServer first() {
        return connections.get(0);
    }

    /** All connections, in the order of the list of servers. */
    public List<RemoteServer> all() {
        return connections;
    }

    /** Closes the connections, and the server if this object started it. */
    @Override
    public void close() {
        connections.forEach(RemoteServer::close);
        if (started != null) {
            started.close();
        }
    }
}
