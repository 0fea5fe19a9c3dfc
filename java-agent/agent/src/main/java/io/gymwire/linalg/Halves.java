// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Runs many short tasks of two halves each on the thread that owns them, and the second halves on another thread for as
 * long as one helps. Tasks take some ten microseconds, so both threads wait by spinning.
 *
 * <p>The halves of a task must not touch what the other changes; then the results do not depend on who ran them.
 */
public final class Halves {

    /** Some tens of microseconds; whoever waits longer lets others have the processor between looks. */
    private static final int SPINS = 2000;
    /** A helper that has been later than that so often has no core to itself: it costs more than it gains. */
    private static final int MAX_LATE = 8;

    private final AtomicBoolean taken = new AtomicBoolean();
    private IntConsumer task; // published by started
    private RuntimeException failure; // published by finished
    private int late;
    private volatile boolean helped;
    private volatile boolean closed;
    private volatile int started;
    private volatile int finished;

    /** Runs both halves, 0 and 1, and returns when they are done. */
    public void run(IntConsumer task) {
        if (!helped) {
            task.accept(0);
            task.accept(1);
            return;
        }
        this.task = task;
        int number = started + 1;
        started = number;
        task.accept(0);
        int spins = 0;
        for (; finished != number; spins++) {
            pause(spins);
        }
        if (spins >= SPINS && ++late == MAX_LATE) {
            helped = false;
            closed = true;
        }
        if (failure != null) {
            throw new IllegalStateException("the second half of a task failed", failure);
        }
    }

    /** Wants no more help; a thread that helps returns. */
    public void close() {
        closed = true;
    }

    /**
     * Runs second halves on the calling thread until help is no longer wanted. Returns at once where another thread
     * does.
     */
    public void help() {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        int done = 0;
        helped = true;
        while (true) {
            for (int spins = 0; started == done && !closed; spins++) {
                pause(spins);
            }
            if (started == done) {
                return;
            }
            done++;
            try {
                task.accept(1);
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            } finally {
                finished = done;
            }
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
