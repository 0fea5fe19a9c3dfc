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
 * A loop on the network's thread: an answer is taken in and the next actions are sent where it arrives, for handing
 * both over to another thread and back costs more than computing them. All that is unusual, such as an error or the end
 * of the stream, and the loop's own end, is left to the thread that waits.
 */
final class RemoteStepLoop implements StepLoop {
    private final SessionStream stream;
    private final StepDriver driver;
    private final Predicate<StepResponse> handler = this::handle;
    private final StepRequest.Builder request;
    private final ActionBuffer actions;
    private final ActionBuffer sent; // what the request holds of the actions
    private final RemoteVectorStep answer;
    private volatile long sentAt; // of System.nanoTime()
    // Written by the network's thread before it leaves the last answer to the waiting one, which reads them after that.
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
                if (!isToMend()) {
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

    /** Whether there is something that the network's thread did not handle. */
    private boolean isToMend() {
        return !stream.isQuiet()
                || System.nanoTime() - deadline() >= 0
                || Thread.currentThread().isInterrupted();
    }

    /** Receives an answer, once there is a stream again, and says whether it was the last. */
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
     * Takes an answer in and sends the next actions.
     *
     * @return false if that was not possible or there are none: the waiting thread is to look after it
     */
    private boolean handle(StepResponse response) {
        try {
            finished = !take(response);
            if (!finished) {
                driver.choose(actions);
                send();
            }
        } catch (RuntimeException | Error e) {
            // The network's thread would only log it.
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
        // They are read when the message is written, and not changed before it is answered.
        actions.copyTo(sent);
        stream.sendStep(request);
    }
}
