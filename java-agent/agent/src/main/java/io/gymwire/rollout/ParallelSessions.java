// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.StepLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs the step loops of several sessions at the same time. */
final class ParallelSessions {

    /** How long to wait for one session before waiting for the next session. {@link StepLoop#await} may take longer. */
    private static final long TURN_NANOS = 20_000_000;

    private final BooleanSupplier stop;
    private volatile boolean stopped;

    /** @param stop called between steps, by the threads that receive answers; if its result is true, the loops end */
    ParallelSessions(BooleanSupplier stop) {
        this.stop = stop;
    }

    /** Whether the loops must end, because {@code stop} asked for it or one of the loops failed. */
    boolean isStopped() {
        if (!stopped && stop.getAsBoolean()) {
            stopped = true;
        }
        return stopped;
    }

    /**
     * Runs the loops until they end. An {@link Error} is thrown at once. In all other cases, this method returns or
     * throws only when no session waits for the answer to a step.
     */
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
