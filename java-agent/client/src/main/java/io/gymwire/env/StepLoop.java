// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** A loop that steps a vector of environments with a {@link StepDriver}'s actions until the driver ends the loop. */
public interface StepLoop {
    /** Sends the first actions and returns immediately. Nothing else may use the vector until the loop has ended. */
    void start();

    /**
     * Waits for the end of the loop. The waiting thread repairs a broken connection.
     *
     * @param nanos the longest wait, in nanoseconds; the repair of a connection can take longer. With short waits, a
     *     caller can wait in turn for several loops that run in parallel. A loop without remote environments can ignore
     *     this limit and make all its steps in this call.
     * @return whether the loop has ended
     * @throws EnvironmentException in the same cases as {@link VectorEnv#receiveStep}; the loop has then ended. An
     *     exception that the driver throws after {@link #start} also ends the loop, and is thrown here.
     */
    boolean await(long nanos);
}
