// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.run.TrainingRun;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The handling of Ctrl-C and SIGTERM. The process asks the run to stop. The process ends when the run has closed
 * everything, or {@value #WAIT_SECONDS} seconds after the run was asked. If there is no run yet, the process ends
 * immediately.
 */
final class Interruption implements AutoCloseable {

    /** The longest wait. It is limited, so that Ctrl-C also ends a process with a simulation that hangs. */
    private static final long WAIT_SECONDS = 10;

    private final CountDownLatch closed = new CountDownLatch(1);
    private TrainingRun run;
    private boolean interrupted;

    /** The process was asked to end before a run could begin or continue. */
    static final class RequestedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RequestedException() {
            super("the process was asked to end");
        }
    }

    /** Makes a run and its files. */
    @FunctionalInterface
    interface Preparation {
        TrainingRun prepare() throws IOException;
    }

    Interruption() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "gymwire-interruption"));
    }

    /**
     * Makes the run. From then on, an interruption stops this run. An interruption during this method waits until the
     * run is made, so that no incomplete run remains. An interruption before the first call ends the process
     * immediately.
     *
     * @throws RequestedException if the process was already asked to end
     */
    synchronized TrainingRun stops(Preparation preparation) throws IOException {
        if (interrupted) {
            throw new RequestedException();
        }
        run = preparation.prepare();
        return run;
    }

    /** Whether the process was asked to end. */
    synchronized boolean isRequested() {
        return interrupted;
    }

    private void interrupt() {
        if (stop()) {
            try {
                closed.await(WAIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Asks the run to stop; false if there is no run. */
    private synchronized boolean stop() {
        interrupted = true;
        if (run != null) {
            run.requestStop();
        }
        return run != null;
    }

    /** Records that the run has closed everything, so that {@link #interrupt} no longer waits. */
    @Override
    public void close() {
        closed.countDown();
    }
}
