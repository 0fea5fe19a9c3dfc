// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.StepDriver;
import io.gymwire.env.StepLoop;
import io.gymwire.env.space.ActionBuffer;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.StepResponse;
import java.util.function.Predicate;

/**
 * A loop on gRPC's thread. This thread processes an answer and sends the next actions itself: a switch to another
 * thread and back takes longer than the computation of the actions. The thread that waits in {@link #await} handles
 * everything unusual, such as an error or the end of the stream, and also the end of the loop.
 */
final class RemoteStepLoop implements StepLoop {
    private final SessionStream stream;
    private final StepDriver driver;
    private final Predicate<StepResponse> handler = this::handle;
    private final StepRequest.Builder request;
    private final ActionBuffer actions;
    private final ActionBuffer sent; // the copy of the actions inside the request
    private final RemoteVectorStep answer;
    private volatile long sentAt; // value of System.nanoTime()
    // gRPC's thread writes these fields before it leaves the last answer to the waiting thread. The waiting thread
    // reads the fields after it has received this answer, so they need not be volatile.
    private boolean finished;
    private Throwable failure;

    RemoteStepLoop(RemoteVectorEnv env, SessionStream stream, String sessionId, StepDriver driver) {
        this.stream = stream;
        this.driver = driver;
        this.actions = new ActionBuffer(env.singleActionSpace(), env.numEnvs());
        this.answer = new RemoteVectorStep(env.numEnvs(), env.singleObservationSpace());
        this.sent = new ActionBuffer(env.singleActionSpace(), env.numEnvs());
        this.request = StepRequest.newBuilder().setSessionId(sessionId).setActions(Values.encode(sent.batch()));
    }

    @Override
    public void start() {
        stream.requireIdle("step");
        finished = false;
        failure = null;
        driver.choose(actions);
        stream.onSteps(handler);
        send();
    }

    @Override
    public boolean await(long nanos) {
        long until = System.nanoTime() + nanos;
        boolean ended = true;
        try {
            while (true) {
                long deadline = deadline();
                stream.park(deadline - until < 0 ? deadline : until);
                if (!needsWaitingThread()) {
                    if (System.nanoTime() - until >= 0) {
                        ended = false;
                        return false;
                    }
                } else if (receive()) {
                    break;
                }
            }
        } finally {
            if (ended) {
                stream.onSteps(null);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return true;
    }

    /** Whether something happened that gRPC's thread did not handle. */
    private boolean needsWaitingThread() {
        return !stream.isQuiet()
                || System.nanoTime() - deadline() >= 0
                || Thread.currentThread().isInterrupted();
    }

    /** Receives an answer, if necessary on a new stream. The result is true if the loop has ended. */
    private boolean receive() {
        StepResponse response = stream.receiveStep(deadline());
        if (finished) {
            return true;
        }
        stream.onSteps(handler);
        return !handle(response);
    }

    private long deadline() {
        return sentAt + stream.timeout().toNanos();
    }

    /**
     * Processes an answer and sends the next actions.
     *
     * @return false if an error occurred or there are no next actions; then the waiting thread must continue
     */
    private boolean handle(StepResponse response) {
        try {
            finished = !take(response);
            if (!finished) {
                driver.choose(actions);
                send();
            }
        } catch (RuntimeException | Error e) {
            // The waiting thread throws this exception. On gRPC's thread, it would only be logged.
            failure = e;
            finished = true;
        }
        return !finished;
    }

    private boolean take(StepResponse response) {
        try {
            answer.read(response);
        } catch (IllegalArgumentException e) {
            throw stream.malformed("step", e);
        }
        return driver.take(answer);
    }

    private void send() {
        sentAt = System.nanoTime();
        // The request refers to `sent`, and gRPC may serialize the request later, or again. So `sent` changes only
        // here, after the answer to the previous request.
        actions.copyTo(sent);
        stream.sendStep(request);
    }
}
