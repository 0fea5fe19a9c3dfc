// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.ActionBuffer;

/** A loop that starts no thread: {@link #await} makes the steps on the calling thread, until the loop has ended. */
final class BlockingStepLoop implements StepLoop {
    private final VectorEnv env;
    private final StepDriver driver;
    private final ActionBuffer actions;

    BlockingStepLoop(VectorEnv env, StepDriver driver) {
        this.env = env;
        this.driver = driver;
        this.actions = new ActionBuffer(env.singleActionSpace(), env.numEnvs());
    }

    @Override
    public void start() {
        driver.choose(actions);
        env.sendBatch(actions.toBatch());
    }

    @Override
    public boolean await(long nanos) {
        while (driver.take(env.receiveStep())) {
            start();
        }
        return true;
    }
}
