// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.gymwire.env.Env;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.proto.v1.EnvironmentServiceGrpc;
import io.gymwire.proto.v1.EnvironmentServiceGrpc.EnvironmentServiceBlockingStub;
import io.gymwire.proto.v1.GetServerInfoRequest;
import io.gymwire.proto.v1.ListEnvironmentsRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** A connection to an environment server. Several threads may use it at the same time. */
public final class RemoteServer implements AutoCloseable {
    private static final int PROTOCOL_MAJOR = 1;

    /** The longest time for the first answer of a running server. It has started already, so it answers soon. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(30);

    private final Connection connection;
    private final ServerInfo info;

    private RemoteServer(ConnectOptions options, Supplier<String> postMortem, Duration firstAnswer) {
        ManagedChannel channel = Channels.open(options);
        connection = new Connection(channel, options, postMortem, new Refusals(System::nanoTime), new AtomicBoolean());
        try {
            this.info = handshake(firstAnswer);
        } catch (RuntimeException e) {
            channel.shutdownNow();
            throw e;
        }
    }

    /**
     * Connects to a server, with {@link Timeouts#DEFAULT}.
     *
     * @param address {@code host:port} or {@code unix:/path}
     * @throws EnvironmentException if no server answers there, or if the server refuses this client or has another
     *     major protocol version
     * @throws IllegalArgumentException if the address is not {@code host:port} and does not begin with {@code unix:};
     *     also if it begins with {@code unix:} and gRPC has no Unix sockets on this platform
     */
    public static RemoteServer connect(String address) {
        return connect(ConnectOptions.of(address));
    }

    /**
     * Connects to a server.
     *
     * @param address {@code host:port} or {@code unix:/path}
     * @param timeout the longest wait for the answer to a request; a step of all environments is one request. The first
     *     answer must come within 30 s, even if the timeout is longer. For a Close, the longest wait is fixed
     * @throws EnvironmentException if no server answers there, or if the server refuses this client or has another
     *     major protocol version
     * @throws IllegalArgumentException if the timeout is not positive, or if the address is not {@code host:port} and
     *     does not begin with {@code unix:}; also if it begins with {@code unix:} and gRPC has no Unix sockets on this
     *     platform
     */
    public static RemoteServer connect(String address, Duration timeout) {
        return connect(ConnectOptions.of(address).withTimeout(timeout));
    }

    /**
     * Connects to a server that may require a token or a certificate. The server must already run: its first answer
     * must come within 30 s, or earlier if {@link Timeouts#start} is shorter.
     *
     * @throws EnvironmentException if no server answers, or if the server refuses this client or has another major
     *     protocol version
     * @throws IllegalArgumentException if a file in the options cannot be used, or if the address begins with
     *     {@code unix:} and gRPC has no Unix sockets on this platform
     */
    public static RemoteServer connect(ConnectOptions options) {
        Duration start = options.timeouts().start();
        return new RemoteServer(options, () -> "", start.compareTo(FIRST_ANSWER) < 0 ? start : FIRST_ANSWER);
    }

    /**
     * Connects to a managed server. Its first answer may take as long as a start.
     *
     * @param postMortem describes how a lost server's process ended; an empty text if nothing is known
     */
    static RemoteServer connect(ConnectOptions options, Supplier<String> postMortem) {
        return new RemoteServer(options, postMortem, options.timeouts().start());
    }

    /** The server's address. */
    public String address() {
        return connection.address();
    }

    /** The server's description of itself, read at the start of the connection. */
    public ServerInfo info() {
        return info;
    }

    /** The environments that are registered on the server and that its operator allows, sorted by id. */
    public List<EnvironmentEntry> listEnvironments() {
        return call(
                        "ListEnvironments",
                        connection.timeouts().request(),
                        stub -> stub.listEnvironments(ListEnvironmentsRequest.getDefaultInstance()))
                .getEnvironmentsList()
                .stream()
                .map(entry -> new EnvironmentEntry(
                        Answers.spec(entry.getSpec()),
                        Optional.of(entry.getUnavailableReason()).filter(reason -> !reason.isEmpty())))
                .toList();
    }

    /** Makes environments in a new session. */
    public RemoteVectorEnv make(MakeOptions options) {
        return new RemoteVectorEnv(connection, info, options);
    }

    /** Makes n environments. All other options have their defaults. */
    public RemoteVectorEnv make(String envId, int numEnvs) {
        return make(MakeOptions.of(envId).withNumEnvs(numEnvs));
    }

    /**
     * Makes one environment. Ignores the options' autoreset mode, because an {@link Env} never resets by itself.
     *
     * @throws IllegalArgumentException if the options ask for several environments
     */
    public RemoteEnv makeEnv(MakeOptions options) {
        return new RemoteEnv(connection, info, options);
    }

    /** Makes one environment. All options have their defaults. */
    public RemoteEnv makeEnv(String envId) {
        return makeEnv(MakeOptions.of(envId));
    }

    /**
     * Closes the connection. Its sessions can then no longer be used. If a session is still open, the server closes it
     * at the end of the session's lease.
     */
    @Override
    public void close() {
        connection.channel().shutdownNow();
    }

    private ServerInfo handshake(Duration limit) {
        ServerInfo answer = call(
                "GetServerInfo",
                limit,
                stub -> Answers.serverInfo(stub.getServerInfo(GetServerInfoRequest.getDefaultInstance())));
        if (answer.protocol().major() != PROTOCOL_MAJOR) {
            throw new EnvironmentException(
                    ErrorCode.UNIMPLEMENTED,
                    address(),
                    "the server at " + address()
                            + " uses protocol version " + answer.protocol()
                            + ", but this client uses version " + PROTOCOL_MAJOR
                            + "; use a client and a server of the same release");
        }
        return answer;
    }

    private <T> T call(String what, Duration limit, Function<EnvironmentServiceBlockingStub, T> body) {
        try {
            return body.apply(EnvironmentServiceGrpc.newBlockingStub(connection.channel())
                    .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (StatusRuntimeException e) {
            throw RpcErrors.of(e, connection, what, lateness(limit));
        }
    }

    /** A part of an error message about a late answer: the limit and a remedy. */
    private String lateness(Duration limit) {
        boolean isOwnLimit = limit.equals(FIRST_ANSWER)
                && !limit.equals(connection.timeouts().start());
        return isOwnLimit
                ? "within " + limit.toSeconds() + " s; check that its process is not suspended, or wait longer for it"
                        + " (--wait-servers SECONDS)"
                : Timeouts.remedy(limit) + " if the server is slow";
    }
}
