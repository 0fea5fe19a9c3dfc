// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A wrapper that truncates episodes after a number of steps, as gymnasium.wrappers.TimeLimit does, but on the client's
 * side. It can therefore limit an environment that already exists. With {@link MakeOptions#withMaxEpisodeSteps} the
 * server truncates the episodes instead.
 */
public final class TimeLimit extends EnvWrapper {
    private static final String NAME = "TimeLimit";

    private final long maxSteps;
    private long elapsed;

    /**
     * Limits an environment's episodes.
     *
     * @param maxSteps the maximum number of steps of an episode; at least 1
     */
    public TimeLimit(Env env, long maxSteps) {
        super(env);
        if (maxSteps < 1) {
            throw new IllegalArgumentException("the limit is " + maxSteps + " steps; it must be at least 1");
        }
        this.maxSteps = maxSteps;
    }

    @Override
    public EnvironmentSpec spec() {
        EnvironmentSpec spec = super.spec();
        return new EnvironmentSpec(
                spec.id(), OptionalLong.of(maxSteps), spec.rewardThreshold(), spec.nondeterministic());
    }

    @Override
    public EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options) {
        EnvReset reset = super.reset(seed, options);
        elapsed = 0;
        return reset;
    }

    @Override
    public EnvStep step(Object action) {
        EnvStep step = super.step(action);
        elapsed++;
        return elapsed < maxSteps ? step : step.withTruncated(true);
    }

    @Override
    public Snapshot snapshot() {
        return super.snapshot().wrap(NAME, Map.of("elapsed", elapsed));
    }

    @Override
    public EnvReset restore(Snapshot snapshot) {
        Snapshot.Wrapped parts = snapshot.unwrap(NAME);
        EnvReset restored = super.restore(parts.inner());
        elapsed = (Long) parts.own().get("elapsed");
        return restored;
    }
}
