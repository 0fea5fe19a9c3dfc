// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A wrapper that adds up each episode's rewards and steps, as gymnasium.wrappers.RecordEpisodeStatistics does. The info
 * of an episode's last step contains, under {@code episode}, the return {@code r}, the length {@code l} in steps and
 * the duration {@code t} in seconds.
 */
public final class RecordEpisodeStatistics extends EnvWrapper {
    private static final String NAME = "RecordEpisodeStatistics";

    private double episodeReturn;
    private long length;
    private long start = System.nanoTime();

    /** Records an environment's episodes. */
    public RecordEpisodeStatistics(Env env) {
        super(env);
    }

    @Override
    public EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options) {
        EnvReset reset = super.reset(seed, options);
        begin(0.0, 0, 0.0);
        return reset;
    }

    @Override
    public EnvStep step(Object action) {
        EnvStep step = super.step(action);
        episodeReturn += step.reward();
        length++;
        if (!step.ended()) {
            return step;
        }
        Map<String, Object> info = new LinkedHashMap<>(step.info());
        info.put("episode", Map.of("r", episodeReturn, "l", length, "t", seconds()));
        return step.withInfo(Collections.unmodifiableMap(info));
    }

    @Override
    public Snapshot snapshot() {
        return super.snapshot().wrap(NAME, Map.of("r", episodeReturn, "l", length, "t", seconds()));
    }

    @Override
    public EnvReset restore(Snapshot snapshot) {
        Snapshot.Wrapped parts = snapshot.unwrap(NAME);
        EnvReset restored = super.restore(parts.inner());
        begin((Double) parts.own().get("r"), (Long) parts.own().get("l"), (Double)
                parts.own().get("t"));
        return restored;
    }

    private void begin(double rewards, long steps, double seconds) {
        episodeReturn = rewards;
        length = steps;
        start = System.nanoTime() - (long) (seconds * 1e9);
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }
}
