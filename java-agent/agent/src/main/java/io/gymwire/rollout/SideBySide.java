// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.StepLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A runner of the step loops of several sessions side by side. */
final class SideBySide {

    /** The longest wait for one session before the wait for the next session. */
    private static final long TURN_NANOS = 20_000_000;

    private final BooleanSupplier stop;
    private volatile boolean stopped;

    /** @param stop called between steps, by the threads that receive answers, until it is true */
    SideBySide(BooleanSupplier stop) {
        this.stop = stop;
    }

    /** Whether the loops must end: the caller asks for it, or one of them failed. */
    boolean isStopped() {
        if (!stopped && stop.getAsBoolean()) {
            stopped = true;
        }
        return stopped;
    }

    /** Runs loops to their ends. Returns or throws only when no session has an unanswered step. */
    void run(List<StepLoop> loops) {
        List<StepLoop> running = new ArrayList<>();
        RuntimeException failure = null;
        try {
            for (StepLoop loop : loops) {
                loop.start();
                running.add(loop);
            }
        } catch (RuntimeException e) {
            stopped = true;
            failure = e;
        }
        while (!running.isEmpty()) {
            for (StepLoop loop : List.copyOf(running)) {
                try {
                    if (loop.await(TURN_NANOS)) {
                        running.remove(loop);
                    }
                } catch (RuntimeException e) {
                    running.remove(loop);
                    stopped = true;
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
