// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** Steps a vector of environments as a {@link StepDriver} says, until it has had enough. */
public interface StepLoop {
    /** Sends the first actions and returns at once. The vector cannot be used otherwise until the loop has ended. */
    void start();

    /**
     * Waits for the end of the loop. A broken connection is mended by the waiting thread.
     *
     * @param nanos the longest wait, unless something is to be mended; loops of several vectors that run side by side
     *     are waited for by turns
     * @return whether the loop has ended
     * @throws EnvironmentException as {@link VectorEnv#receiveStep}; the loop has ended then. What the driver throws
     *     ends the loop likewise and is thrown here.
     */
    boolean await(long nanos);
}
