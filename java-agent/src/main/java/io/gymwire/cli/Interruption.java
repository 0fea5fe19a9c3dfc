// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.run.TrainingRun;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes Ctrl-C (and SIGTERM) end a run in an orderly way: the process waits until the run has left its checkpoint and
 * everything is closed.
 */
final class Interruption implements AutoCloseable {

    /** The longest wait: a simulation that hangs must not make Ctrl-C useless. */
    private static final long WAIT_SECONDS = 10;

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile TrainingRun run;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "gymwire-interruption"));
    }

    /** Names the run to stop; before, an interruption ends the process at once. */
    void stops(TrainingRun interrupted) {
        this.run = interrupted;
    }

    private void interrupt() {
        TrainingRun interrupted = run;
        if (interrupted != null) {
            interrupted.requestStop();
            try {
                closed.await(WAIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Says that there is nothing to wait for any more. */
    @Override
    public void close() {
        closed.countDown();
    }
}
