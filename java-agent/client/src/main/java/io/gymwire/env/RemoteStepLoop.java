// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.proto.v1.InteractRequest;
import io.gymwire.proto.v1.InteractResponse;
import io.gymwire.proto.v1.InteractResponse.ResponseCase;
import io.gymwire.proto.v1.StepRequest;
import io.gymwire.proto.v1.StepResponse;

/**
 * A loop on the network's thread: an answer is taken in and the next actions are sent where it arrives, for handing
 * both over to another thread and back costs more than computing them. All that is unusual, such as an error or the end
 * of the stream, and the loop's own end, is left to the thread that waits.
 */
final class RemoteStepLoop implements StepLoop {
    private final RemoteVectorEnv env;
    private final SessionStream stream;
    private final StepDriver driver;
    private final StepRequest template;
    private final ActionBuffer actions;
    private final RemoteVectorStep answer;
    private volatile long sentAt; // of System.nanoTime()
    // Written by the network's thread before it leaves the last answer to the waiting one, which reads them after that.
    private boolean finished;
    private Throwable failure;

    RemoteStepLoop(RemoteVectorEnv env, SessionStream stream, String sessionId, StepDriver driver) {
        this.env = env;
        this.stream = stream;
        this.driver = driver;
        this.actions = new ActionBuffer(env.singleActionSpace(), env.numEnvs());
        this.answer = new RemoteVectorStep(env.numEnvs(), env.singleObservationSpace());
        this.template = StepRequest.newBuilder()
                .setSessionId(sessionId)
                .setActions(actions.toLiveProto())
                .build();
    }

    @Override
    public void start() {
        env.beginSteps();
        finished = false;
        failure = null;
        driver.choose(actions);
        stream.onAnswers(this::handle);
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
                stream.onAnswers(null);
                env.endSteps();
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

    /** Says whether there is something that the network's thread did not see to. */
    private boolean isToMend() {
        return !stream.isQuiet()
                || System.nanoTime() - deadline() >= 0
                || Thread.currentThread().isInterrupted();
    }

    /** Receives an answer, once there is a stream again, and says whether it was the last. */
    private boolean receive() {
        InteractResponse response = stream.receive(ResponseCase.STEP, "step", deadline());
        if (finished) {
            return true;
        }
        stream.onAnswers(this::handle);
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
    private boolean handle(InteractResponse response) {
        if (!response.hasStep()) {
            return false;
        }
        try {
            finished = !take(response.getStep());
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
        env.stepAnswered();
        try {
            answer.read(response);
        } catch (IllegalArgumentException e) {
            throw stream.malformed("step", e);
        }
        return driver.take(answer);
    }

    private void send() {
        sentAt = System.nanoTime();
        // The actions are read when the message is written, and not changed before it is answered.
        stream.send(InteractRequest.newBuilder()
                .setStep(
                        template.toBuilder().setStepNumber(env.nextStepNumber()).build())
                .build());
    }
}
