// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.Status;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.proto.v1.CallRequest.ActionCase;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractRequest.RequestCase;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.InteractResponse.ResponseCase;
import io.gymwire.proto.v1.ResetRequest;
import io.gymwire.proto.v1.ResetResponse;
import io.gymwire.proto.v1.RestoreRequest;
import io.gymwire.proto.v1.RestoreResponse;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.StepResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Sends the requests of one session, one at a time. After a broken connection, it repeats the unanswered request on a
 * new stream, until the request's timeout or the session's lease ends. It gives up earlier if the process of a managed
 * server has ended, or if the server's address refuses connections for some seconds ({@link Refusals}). Resets, Steps
 * and Restores are numbered together. The server recognises a repeated request by its number and returns the earlier
 * answer. So none of these requests is executed twice. A request of another kind is repeated only if a second execution
 * does no harm.
 */
final class SessionStream {
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Connection connection;
    private final String envId;
    private InteractStream stream;
    private InteractRequest pending; // the request without answer; null if there is none
    private long lastNumber; // the number of the last numbered request that was answered without an error
    private long numberIfAnswered; // the value of lastNumber after the answer to the pending request
    private Duration lease; // the session's lease; null until it is known
    private boolean lost;
    private boolean closed;

    /** Opens the stream. */
    SessionStream(Connection connection, String envId) {
        this.connection = connection;
        this.envId = envId;
        stream = new InteractStream(connection.channel());
    }

    /**
     * Sets the lease. After a broken connection, a request is repeated only until the lease ends, because the server
     * then closes a session that has no stream.
     */
    void setLease(Duration time) {
        lease = Timeouts.limited(time);
    }

    /**
     * Sends a request without a number and waits for its answer.
     *
     * @param what the request's name in messages, for example "render"
     * @throws EnvironmentException if the server answers with an error or does not answer. The session is then lost
     *     unless {@link EnvironmentException#sessionAlive} returns true.
     */
    InteractResponse exchange(InteractRequest request, ResponseCase expected, String what) {
        send(request, lastNumber);
        return receive(expected, what);
    }

    /** Sends a reset with the next number and waits for its answer; fails as {@link #exchange} does. */
    ResetResponse reset(ResetRequest.Builder reset) {
        long number = lastNumber + 1;
        send(InteractRequest.newBuilder().setReset(reset.setStepNumber(number)).build(), number);
        return receive(ResponseCase.RESET, "reset").getReset();
    }

    /** Sends a restore with the next number and waits for its answer; fails as {@link #exchange} does. */
    RestoreResponse restore(RestoreRequest.Builder restore) {
        long number = lastNumber + 1;
        send(
                InteractRequest.newBuilder()
                        .setRestore(restore.setStepNumber(number))
                        .build(),
                number);
        return receive(ResponseCase.RESTORE, "restore").getRestore();
    }

    /**
     * Sends a step with the next number. The previous request must have been answered.
     *
     * @param step the request without its number. This method sets the number. The builder can be used again.
     */
    void sendStep(StepRequest.Builder step) {
        long number = lastNumber + 1;
        send(InteractRequest.newBuilder().setStep(step.setStepNumber(number)).build(), number);
    }

    /** Waits for the answer to the step in flight; fails as {@link #exchange} does. */
    StepResponse receiveStep() {
        return receiveStep(System.nanoTime() + timeout().toNanos());
    }

    /** Waits for the answer to the step in flight, at most until System.nanoTime() is {@code deadline}. */
    StepResponse receiveStep(long deadline) {
        return receive(ResponseCase.STEP, "step", deadline).getStep();
    }

    /**
     * Sets a handler for the answers to steps. gRPC's thread calls the handler, which processes an answer and sends the
     * next step. Everything else, such as an error, is left to {@link #receiveStep(long)}. After a broken connection,
     * the new stream has no handler.
     *
     * @param handler returns false to leave an answer to {@link #receiveStep(long)}; null for no handler
     */
    void onSteps(Predicate<StepResponse> handler) {
        stream.onAnswers(handler == null ? null : response -> response.hasStep() && take(response.getStep(), handler));
    }

    private boolean take(StepResponse step, Predicate<StepResponse> handler) {
        if (step.getStepNumber() != numberIfAnswered) {
            return false;
        }
        lastNumber = numberIfAnswered;
        return handler.test(step);
    }

    /**
     * Whether a request was sent and its answer has not been received. False after the connection broke during a
     * request that must not be repeated.
     */
    boolean isInFlight() {
        return pending != null;
    }

    /**
     * Checks that a request can be sent now.
     *
     * @param what the request's name in messages, for example "step"
     * @throws IllegalStateException if the session is closed or lost, or a step is in flight
     */
    void requireIdle(String what) {
        if (closed || lost) {
            throw new IllegalStateException(envId + ": cannot " + what + ", the session is "
                    + (closed ? "closed" : "lost after an error") + "; make a new one");
        }
        if (isInFlight()) {
            throw new IllegalStateException(
                    envId + ": cannot " + what + ", a step is in flight; call receiveStep first");
        }
    }

    private void send(InteractRequest request, long number) {
        pending = request;
        numberIfAnswered = number;
        stream.send(request);
    }

    private InteractResponse receive(ResponseCase expected, String what) {
        return receive(expected, what, System.nanoTime() + limit(expected).toNanos());
    }

    private InteractResponse receive(ResponseCase expected, String what, long deadline) {
        InteractResponse response;
        try {
            response = awaitAnswer(deadline, what);
        } catch (TimeoutException e) {
            throw lose(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the server at " + address() + " did not answer a " + what + " of "
                            + envId + " " + Timeouts.remedy(limit(expected))
                            + " if the environment is slow; it may also hang");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lose(ErrorCode.CANCELLED, "a " + what + " of " + envId + " at " + address() + " was interrupted");
        }
        pending = null;
        if (response.getResponseCase() == ResponseCase.ERROR) {
            String prefix = expected == ResponseCase.MAKE ? "" : envId + ": ";
            EnvironmentException failure = RpcErrors.of(response.getError(), prefix, address());
            lost = !failure.sessionAlive();
            throw failure;
        }
        if (response.getResponseCase() != expected) {
            throw lose(
                    ErrorCode.INTERNAL,
                    "the server at " + address() + " answered a " + what + " of " + envId + " with "
                            + response.getResponseCase() + "; use a client and a server of the same release");
        }
        long number = number(response);
        if (number != numberIfAnswered) {
            throw lose(
                    ErrorCode.INTERNAL,
                    "the server at " + address() + " answered a " + what + " of " + envId + " with the number "
                            + number + " instead of " + numberIfAnswered
                            + "; use a client and a server of the same release");
        }
        lastNumber = numberIfAnswered;
        return response;
    }

    /** The number of an answer. For an answer without a number, it is {@code lastNumber}. */
    private long number(InteractResponse response) {
        return switch (response.getResponseCase()) {
            case RESET -> response.getReset().getStepNumber();
            case STEP -> response.getStep().getStepNumber();
            case RESTORE -> response.getRestore().getStepNumber();
            default -> lastNumber;
        };
    }

    /** See {@link InteractStream#park}. */
    void park(long until) {
        stream.park(until);
    }

    /** See {@link InteractStream#isQuiet}. */
    boolean isQuiet() {
        return stream.isQuiet();
    }

    /** The longest wait for the answer to a step. */
    Duration timeout() {
        return connection.timeouts().request();
    }

    private Duration limit(ResponseCase expected) {
        return expected == ResponseCase.MAKE
                ? connection.timeouts().start()
                : connection.timeouts().request();
    }

    /** Marks the session as lost because an answer is malformed, and creates the exception for the caller to throw. */
    EnvironmentException malformed(String what, IllegalArgumentException cause) {
        return lose(
                ErrorCode.INTERNAL,
                "the answer of the server at " + address() + " to a " + what + " of " + envId + " cannot be read: "
                        + cause.getMessage());
    }

    /** Cancels the stream immediately. The session on the server stays open until its lease ends. */
    void cancel(String reason) {
        stream.cancel(reason);
    }

    /**
     * Closes the session on the server, and then the stream. If the session is lost or a request is in flight, this
     * method cancels the stream first; see {@link Connection#closeSession}. A second call does nothing.
     */
    void close(CloseRequest request) {
        if (closed) {
            return;
        }
        closed = true;
        if (lost || isInFlight()) {
            stream.cancel("closed");
            connection.closeSession(request);
            return;
        }
        send(InteractRequest.newBuilder().setClose(request).build(), lastNumber);
        try {
            awaitAnswer(System.nanoTime() + Connection.CLOSE_TIMEOUT.toNanos(), "close");
            stream.halfClose();
        } catch (TimeoutException | EnvironmentException e) {
            stream.cancel("the session could not be closed");
        } catch (InterruptedException e) {
            stream.cancel("interrupted");
            Thread.currentThread().interrupt();
        }
    }

    private InteractResponse awaitAnswer(long answerBy, String what) throws TimeoutException, InterruptedException {
        long connectedBy = answerBy;
        long brokenAt = 0; // of System.nanoTime(); set when a stream that used the session has ended
        boolean reconnecting = false;
        long pause = FIRST_PAUSE_MILLIS;
        InteractResponse response = stream.receive(answerBy);
        while (response == null) {
            Status status = stream.end();
            // For a while the server may still count the old stream, and refuse a new stream because of a limit. After
            // such a refusal, this loop tries again.
            boolean refused = reconnecting && status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
            if (!refused) {
                requireRepeatable(status, what);
            }
            // When a stream that used the session ends, the server restarts the lease.
            boolean wasUsed = !reconnecting || (stream.wasConnected() && !refused);
            if (wasUsed) {
                brokenAt = System.nanoTime();
                connectedBy = lease == null ? answerBy : Math.min(answerBy, brokenAt + lease.toNanos());
            }
            // The first status is the end of the old stream. It does not show whether the address accepts connections.
            if (reconnecting && !RpcErrors.isRefusedConnection(status)) {
                connection.refusals().end();
            }
            reconnecting = true;
            if (RpcErrors.isRefusedConnection(status) && connection.refusals().recordRefusal()) {
                throw lostServer(status, what);
            }
            if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > connectedBy) {
                throw lostServer(status, what);
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            connection.channel().resetConnectBackoff();
            stream = new InteractStream(connection.channel());
            stream.send(pending);
            try {
                response = stream.receive(connectedBy);
            } catch (TimeoutException e) {
                if (!stream.wasConnected()) {
                    throw lostServer(noConnection(connectedBy - brokenAt, connectedBy == answerBy), what);
                }
                response = stream.receive(answerBy);
            }
        }
        if (reconnecting) {
            connection.refusals().end();
        }
        return response;
    }

    /** The status of a server that could not be reached again before the lease or the request's timeout ended. */
    private static Status noConnection(long nanos, boolean untilTimeout) {
        return Status.UNAVAILABLE.withDescription(String.format(
                Locale.ROOT,
                "no connection for %.1f s, until the %s ended",
                nanos / 1e9,
                untilTimeout ? "request's timeout" : "session's lease"));
    }

    /**
     * Throws an exception if this client closed the connection, if the stream ended for another reason than a broken
     * connection, if the server's process has ended, or if the request must not be repeated.
     */
    private void requireRepeatable(Status status, String what) {
        if (connection.channel().isShutdown()) {
            throw lose(
                    ErrorCode.CANCELLED,
                    "the connection to " + address() + " was closed during a " + what + " of " + envId);
        }
        if (!RpcErrors.isBrokenConnection(status)) {
            throw lose(
                    RpcErrors.code(status),
                    "the server at " + address() + " ended a " + what + " of " + envId + ": "
                            + RpcErrors.describe(status));
        }
        if (!connection.postMortem().get().isEmpty()) {
            throw lostServer(status, what);
        }
        if (!mayRepeat(pending)) {
            String message = "the connection to " + address() + " broke during a " + what + " of " + envId
                    + ", which the server may or may not have executed: " + RpcErrors.describe(status)
                    + "; if the server still runs, the session is open: repeat the request if that does no harm";
            pending = null;
            stream = new InteractStream(connection.channel());
            throw EnvironmentException.ofLivingSession(ErrorCode.UNAVAILABLE, address(), message);
        }
    }

    /**
     * Whether a request can be sent twice without harm. A render can empty the environment's list of frames, and a
     * called method can do anything.
     */
    private static boolean mayRepeat(InteractRequest request) {
        return request.getRequestCase() != RequestCase.RENDER
                && !(request.hasCall() && request.getCall().getActionCase() == ActionCase.CALL);
    }

    private EnvironmentException lostServer(Status status, String what) {
        return lose(
                ErrorCode.UNAVAILABLE,
                "the server at " + address() + " was lost during a " + what + " of " + envId + ": "
                        + RpcErrors.describeLoss(status, connection.postMortem()));
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
