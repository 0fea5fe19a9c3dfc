// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Environments in memory, without a server, in the autoreset mode SAME_STEP. A subclass implements resets and the
 * results of steps.
 */
public abstract class MemoryEnv implements VectorEnv {

    private final String envId;
    private final int count;
    private final Space observations;
    private final Space actions;
    private NdArray sent;

    /** @param observations the observation space of one environment; {@code actions} is its action space */
    protected MemoryEnv(String envId, int count, Space observations, Space actions) {
        this.envId = envId;
        this.count = count;
        this.observations = observations;
        this.actions = actions;
    }

    /** Steps all environments. */
    protected abstract VectorStep stepAll(NdArray actions);

    /** Whether a step was sent but has not been received yet. */
    public boolean isStepInFlight() {
        return sent != null;
    }

    @Override
    public void sendStep(NdArray actions) {
        if (sent != null) {
            throw new AssertionError("a step was in flight");
        }
        sent = actions;
    }

    @Override
    public VectorStep receiveStep() {
        NdArray actions = sent;
        sent = null;
        return stepAll(actions);
    }

    @Override
    public String envId() {
        return envId;
    }

    @Override
    public EnvironmentSpec spec() {
        return new EnvironmentSpec(envId, OptionalLong.empty(), OptionalDouble.empty(), false);
    }

    @Override
    public int numEnvs() {
        return count;
    }

    @Override
    public AutoresetMode autoresetMode() {
        return AutoresetMode.SAME_STEP;
    }

    @Override
    public Space singleObservationSpace() {
        return observations;
    }

    @Override
    public Space singleActionSpace() {
        return actions;
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
