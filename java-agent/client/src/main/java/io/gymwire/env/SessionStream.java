// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.ConnectTimeoutException;
import io.gymwire.proto.v1.CallRequest.ActionCase;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractRequest.RequestCase;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.InteractResponse.ResponseCase;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Carries the requests of one session, one at a time, and survives broken connections: while the request timeout lasts,
 * a request without answer is sent again on a new stream. The server knows a repeated Reset, Step or Restore by its
 * number and gives the answer it gave before, so that none is carried out twice.
 */
final class SessionStream {
    /** A server whose address refuses connections for this long is gone. */
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(2);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Connection connection;
    private final String environmentId;
    private InteractStream stream;
    private InteractRequest pending;
    private boolean lost;

    /** Opens the stream. */
    SessionStream(Connection connection, String environmentId) {
        this.connection = connection;
        this.environmentId = environmentId;
        stream = new InteractStream(connection.channel());
    }

    /** Sends a request and waits for its answer. */
    InteractResponse exchange(InteractRequest request, ResponseCase expected, String what) {
        send(request);
        return receive(expected, what);
    }

    /** Sends a request; the one before must have been answered. */
    void send(InteractRequest request) {
        pending = request;
        stream.send(request);
    }

    /**
     * Waits for the answer to the request in flight.
     *
     * @param what names the request in messages, for example "step"
     * @throws EnvironmentException if the server answers with an error, or not at all; the session is lost then unless
     *         the exception says that it is alive
     */
    InteractResponse receive(ResponseCase expected, String what) {
        return receive(expected, what, System.nanoTime() + limit(expected).toNanos());
    }

    /** Waits no longer than until System.nanoTime() is {@code deadline}. */
    InteractResponse receive(ResponseCase expected, String what, long deadline) {
        InteractResponse response;
        try {
            response = awaitAnswer(deadline, what);
        } catch (TimeoutException e) {
            throw lose(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the server at " + address() + " did not answer a " + what + " of "
                            + environmentId + " " + Timeouts.remedy(limit(expected))
                            + " if the environment is slow; it may also hang");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lose(
                    ErrorCode.CANCELLED,
                    "a " + what + " of " + environmentId + " at " + address() + " was interrupted");
        }
        pending = null;
        if (response.getResponseCase() == ResponseCase.ERROR) {
            String prefix = expected == ResponseCase.MAKE ? "" : environmentId + ": ";
            EnvironmentException failure = new EnvironmentException(response.getError(), prefix, address());
            lost = !failure.sessionAlive();
            throw failure;
        }
        if (response.getResponseCase() != expected) {
            throw lose(
                    ErrorCode.INTERNAL,
                    "the server at " + address() + " answered a " + what + " of " + environmentId + " with "
                            + response.getResponseCase() + "; client and server do not fit together");
        }
        return response;
    }

    /** See {@link InteractStream#onAnswers}; a stream that replaces a broken one has no handler. */
    void onAnswers(Predicate<InteractResponse> handler) {
        stream.onAnswers(handler);
    }

    /** See {@link InteractStream#park}. */
    void park(long until) {
        stream.park(until);
    }

    /** See {@link InteractStream#isQuiet}. */
    boolean isQuiet() {
        return stream.isQuiet();
    }

    /** Returns the longest wait for the answer to a step. */
    Duration timeout() {
        return connection.timeouts().request();
    }

    private Duration limit(ResponseCase expected) {
        return expected == ResponseCase.MAKE
                ? connection.timeouts().start()
                : connection.timeouts().request();
    }

    /** Says whether the session cannot be used any more. */
    boolean lost() {
        return lost;
    }

    /** Gives the session up, because an answer makes no sense. */
    EnvironmentException malformed(String what, IllegalArgumentException cause) {
        return lose(
                ErrorCode.INTERNAL,
                "the answer of the server at " + address() + " to a " + what + " of " + environmentId
                        + " cannot be read: " + cause.getMessage());
    }

    /** Gives the stream up at once; the session then lives on until its lease runs out. */
    void cancel(String reason) {
        stream.cancel(reason);
    }

    /** Closes the session with this request, and the stream. If that fails, the end of the session's lease does it. */
    void close(InteractRequest request) {
        send(request);
        try {
            awaitAnswer(System.nanoTime() + CLOSE_TIMEOUT.toNanos(), "close");
            stream.halfClose();
        } catch (TimeoutException | EnvironmentException e) {
            stream.cancel("the server did not close the session within " + CLOSE_TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            stream.cancel("interrupted");
            Thread.currentThread().interrupt();
        }
    }

    private InteractResponse awaitAnswer(long deadline, String what) throws TimeoutException, InterruptedException {
        long refusedSince = 0;
        boolean reconnecting = false;
        long pause = FIRST_PAUSE_MILLIS;
        InteractResponse response = stream.receive(deadline);
        while (response == null) {
            Status status = stream.end();
            // The server may not know yet that the old stream is gone, and count it.
            if (!(reconnecting && status.getCode() == Status.Code.RESOURCE_EXHAUSTED)) {
                requireRepeatable(status, what);
            }
            reconnecting = true;
            if (!refused(status)) {
                refusedSince = 0;
            } else if (refusedSince == 0) {
                refusedSince = System.nanoTime();
            } else if (System.nanoTime() - refusedSince > LONGEST_REFUSAL.toNanos()) {
                throw wentAway(status, what);
            }
            if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > deadline) {
                throw wentAway(status, what);
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            connection.channel().resetConnectBackoff();
            stream = new InteractStream(connection.channel());
            stream.send(pending);
            response = stream.receive(deadline);
        }
        return response;
    }

    /** Returns only if the connection, not the server, ended the stream, and the request may be sent again. */
    private void requireRepeatable(Status status, String what) {
        if (connection.channel().isShutdown()) {
            throw lose(
                    ErrorCode.CANCELLED,
                    "the connection to " + address() + " was closed during a " + what + " of " + environmentId);
        }
        if (!broken(status)) {
            throw lose(
                    ErrorCode.of(status.getCode()),
                    "the server at " + address() + " broke off a " + what + " of " + environmentId + ": "
                            + RpcErrors.describe(status));
        }
        if (!connection.postMortem().get().isEmpty()) {
            throw wentAway(status, what);
        }
        if (!mayRepeat(pending)) {
            String message = "the connection to " + address() + " broke during a " + what + " of " + environmentId
                    + ", which may or may not have been carried out: " + RpcErrors.describe(status)
                    + "; the session goes on, so ask again if that does no harm";
            pending = null;
            stream = new InteractStream(connection.channel());
            throw EnvironmentException.ofLivingSession(ErrorCode.UNAVAILABLE, address(), message);
        }
    }

    /** Steps, resets and restores are numbered; a frame list is drawn once, and a call may do anything. */
    private static boolean mayRepeat(InteractRequest request) {
        return request.getRequestCase() != RequestCase.RENDER
                && !(request.hasCall() && request.getCall().getActionCase() == ActionCase.CALL);
    }

    private static boolean broken(Status status) {
        return switch (status.getCode()) {
            // A server that is shut down cancels its streams.
            case UNAVAILABLE, CANCELLED -> true;
            // A proxy may reset streams.
            case INTERNAL ->
                status.getDescription() != null && status.getDescription().contains("RST_STREAM");
            // A message that was being written when the connection broke.
            case UNKNOWN -> causes(status).anyMatch(IOException.class::isInstance);
            default -> false;
        };
    }

    /** Says whether nothing listens at the address. */
    private static boolean refused(Status status) {
        return causes(status)
                .anyMatch(cause -> cause instanceof FileNotFoundException
                        || cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException));
    }

    private static Stream<Throwable> causes(Status status) {
        return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause);
    }

    private EnvironmentException wentAway(Status status, String what) {
        return lose(
                ErrorCode.UNAVAILABLE,
                "the server at " + address() + " went away during a " + what + " of " + environmentId + ": "
                        + RpcErrors.obituary(status, connection.postMortem()));
    }

    private EnvironmentException lose(ErrorCode code, String message) {
        lost = true;
        stream.cancel("the session is lost");
        return new EnvironmentException(code, address(), message);
    }

    private String address() {
        return connection.address();
    }
}
