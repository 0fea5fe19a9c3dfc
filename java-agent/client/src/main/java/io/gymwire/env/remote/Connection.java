// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.gymwire.proto.v1.CloseRequest;
import io.gymwire.proto.v1.CloseResponse;
import io.gymwire.proto.v1.EnvironmentServiceGrpc;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The objects that all sessions of one connection share.
 *
 * @param channel the channel of the sessions' streams and of the unary calls
 * @param options the server's address and the timeouts
 * @param postMortem describes how a lost server's process ended; an empty text if nothing is known
 * @param refusals how long the server's address has refused connections
 * @param leavesCloseUnanswered whether {@link #closeSession} has waited for an answer that did not come
 */
record Connection(
        ManagedChannel channel,
        ConnectOptions options,
        Supplier<String> postMortem,
        Refusals refusals,
        AtomicBoolean leavesCloseUnanswered) {

    /** The longest wait for the answer to a Close. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The server's address, for messages. */
    String address() {
        return options.address();
    }

    /** How long to wait for answers. */
    Timeouts timeouts() {
        return options.timeouts();
    }

    /**
     * Closes a session whose stream cannot be used any more. If a request of the session is still under way, the server
     * ends it. Failures are ignored, because a session that stays open ends with its lease. If the channel is not
     * connected, this method does nothing. It waits at most {@link #CLOSE_TIMEOUT} for the answer. It does not wait if
     * the thread is interrupted, or if an earlier Close got no answer in time. So a server that does not answer causes
     * this wait only once, not once for each session.
     */
    void closeSession(CloseRequest request) {
        if (channel.getState(false) != ConnectivityState.READY) {
            return;
        }
        Future<CloseResponse> answer = EnvironmentServiceGrpc.newFutureStub(channel)
                .withDeadlineAfter(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .close(request);
        if (leavesCloseUnanswered.get()) {
            return;
        }
        try {
            answer.get();
        } catch (ExecutionException e) {
            if (Status.fromThrowable(e).getCode() == Status.Code.DEADLINE_EXCEEDED) {
                leavesCloseUnanswered.set(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
