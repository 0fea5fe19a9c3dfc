// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gymwire.proto.v1.EnvironmentServiceGrpc;
import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * One Interact stream with at most one request in flight. The thread that calls {@link #receive} is parked until an
 * answer arrives. It does not spin first: spinning takes a core from the server and makes round trips slower. gRPC's
 * thread first offers an answer to the handler, if there is one. If the handler does not take the answer, gRPC's thread
 * stores it in a field and wakes the waiting thread.
 */
final class InteractStream {
    private final ClientCall<InteractRequest, InteractResponse> call;
    private volatile Predicate<InteractResponse> handler;
    private volatile InteractResponse answer;
    private volatile Status end;
    private volatile boolean connected;
    private volatile Thread waiting;

    /** Opens the stream. */
    InteractStream(Channel channel) {
        call = channel.newCall(EnvironmentServiceGrpc.getInteractMethod(), CallOptions.DEFAULT);
        call.start(new Listener(), new Metadata());
        call.request(Integer.MAX_VALUE);
    }

    /** Sends a request. The previous request must have been answered. */
    void send(InteractRequest request) {
        call.sendMessage(request);
    }

    /**
     * Waits for the answer to the request in flight.
     *
     * @param deadline the value of System.nanoTime() at which to give up
     * @return the answer, or null if the stream has ended; {@link #end} then returns the reason
     */
    InteractResponse receive(long deadline) throws TimeoutException, InterruptedException {
        waiting = Thread.currentThread();
        try {
            InteractResponse response = awaitAnswer(deadline);
            answer = null;
            return response;
        } finally {
            waiting = null;
        }
    }

    /**
     * Sets the handler. gRPC's thread offers each answer to it.
     *
     * @param handler returns false to leave the answer to {@link #receive}; null for no handler
     */
    void onAnswers(Predicate<InteractResponse> handler) {
        this.handler = handler;
    }

    /**
     * Waits while {@link #isQuiet} returns true. An interruption ends the wait; the thread's interrupt flag stays set.
     *
     * @param until the value of System.nanoTime() at which to give up
     */
    void park(long until) {
        waiting = Thread.currentThread();
        long left = until - System.nanoTime();
        while (isQuiet() && left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = until - System.nanoTime();
        }
        waiting = null;
    }

    /** Whether there is no answer to receive and the stream has not ended. */
    boolean isQuiet() {
        return answer == null && end == null;
    }

    /** The status with which the stream has ended, or null if it has not ended. */
    Status end() {
        return end;
    }

    /** Whether this stream has had a connection to the server. */
    boolean wasConnected() {
        return connected;
    }

    /** Reports to the server that no further request follows. */
    void halfClose() {
        call.halfClose();
    }

    /** Cancels the stream immediately. This is also allowed after the stream has ended. */
    void cancel(String reason) {
        call.cancel(reason, null);
    }

    private InteractResponse awaitAnswer(long deadline) throws TimeoutException, InterruptedException {
        while (true) {
            InteractResponse response = answer;
            if (response != null) {
                return response;
            }
            if (end != null) {
                // The last answer may have been stored after `answer` was read above and before `end` was read. So
                // `answer` is read again.
                return answer;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException();
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void wake() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    private final class Listener extends ClientCall.Listener<InteractResponse> {
        @Override
        public void onReady() {
            connected = true;
        }

        @Override
        public void onMessage(InteractResponse message) {
            Predicate<InteractResponse> current = handler;
            if (current == null || !current.test(message)) {
                answer = message;
                wake();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end = status;
            wake();
        }
    }
}
