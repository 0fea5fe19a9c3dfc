// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.RemoteServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;

/** Connections to those servers of a list that answer, in the order of the list. Each server is tried once. */
final class Connections implements AutoCloseable {

    private final List<RemoteServer> answering = new ArrayList<>();
    private final List<EnvironmentException> failures = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private Connections() {}

    /**
     * Connects to all servers at the same time.
     *
     * @param needsAll whether all servers must answer; otherwise one server is enough
     * @throws EnvironmentException if no server answers, if a server does not answer although all must, if a server
     *     refuses this client or has another major protocol version, or if this client does not trust a server
     * @throws IllegalArgumentException if a file in the options cannot be used, or if an address begins with
     *     {@code unix:} and gRPC has no Unix sockets on this platform
     */
    static Connections open(List<ConnectOptions> servers, boolean needsAll) {
        List<Callable<RemoteServer>> tasks = new ArrayList<>();
        servers.forEach(server -> tasks.add(() -> RemoteServer.connect(server)));
        List<Future<RemoteServer>> outcomes = ParallelTasks.run(tasks);
        Connections connections = new Connections();
        RuntimeException refusal = null;
        for (int i = 0; i < servers.size(); i++) {
            try {
                connections.answering.add(ParallelTasks.get(outcomes.get(i)));
            } catch (EnvironmentException e) {
                if (isNoAnswer(e)) {
                    connections.failures.add(e);
                    connections.missing.add(servers.get(i).address());
                } else {
                    refusal = e;
                }
            } catch (IllegalArgumentException e) {
                refusal = e;
            }
        }
        try {
            if (refusal != null) {
                throw refusal;
            }
            connections.require(needsAll);
            return connections;
        } catch (EnvironmentException | IllegalArgumentException e) {
            connections.close();
            throw e;
        }
    }

    /**
     * Whether a failure means that the server did not answer. It is false if the server refuses this client's token or
     * certificate, or if this client does not trust the server. It is true for a server that asks for TLS if the client
     * uses none.
     */
    static boolean isNoAnswer(EnvironmentException failure) {
        return (failure.code() == ErrorCode.UNAVAILABLE || failure.code() == ErrorCode.DEADLINE_EXCEEDED)
                && causes(failure).noneMatch(SSLHandshakeException.class::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }

    /** The connections. */
    List<RemoteServer> answering() {
        return answering;
    }

    /** The servers that did not answer, each with the reason; empty if all servers answered. */
    String missing() {
        List<String> each = new ArrayList<>();
        for (int i = 0; i < missing.size(); i++) {
            each.add(missing.get(i) + " (" + reason(failures.get(i)) + ")");
        }
        return String.join(", ", each);
    }

    /**
     * The message of the innermost cause that has a useful message; else the message of the failure. Only the innermost
     * message says in a few words that a connection was refused or a name is unknown. If an answer did not come in
     * time, gRPC's messages are about gRPC itself, so the message of the failure is used.
     */
    private static String reason(EnvironmentException failure) {
        if (failure.code() == ErrorCode.DEADLINE_EXCEEDED) {
            return failure.getMessage();
        }
        return causes(failure)
                .skip(1)
                .map(Throwable::getMessage)
                // Netty writes "null: ADDRESS" if the system gives no reason, for example for a missing route.
                .filter(message -> message != null && !message.startsWith("null:"))
                .reduce((outer, inner) -> inner)
                .orElse(failure.getMessage());
    }

    private void require(boolean all) {
        if (answering.isEmpty()) {
            throw failure("none of the servers answers: ");
        }
        if (all && !missing.isEmpty()) {
            throw failure("not all servers answer: ");
        }
    }

    private EnvironmentException failure(String beginning) {
        if (missing.size() == 1 && answering.isEmpty()) {
            return failures.get(0);
        }
        return new EnvironmentException(
                ErrorCode.UNAVAILABLE,
                missing.get(0),
                beginning + missing()
                        + "; check that they run (./gymwire serve --listen ADDRESS starts a server), or give"
                        + " them time with --wait-servers SECONDS",
                failures.get(0));
    }

    /** Closes all connections. */
    @Override
    public void close() {
        answering.forEach(RemoteServer::close);
    }
}
