// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.trpo.TrpoConfig;

/** Settings for tests. */
final class Configs {

    private Configs() {}

    /** Small networks, 4 environments, 16 steps an iteration. */
    static TrainConfig small(long seed) {
        return of(seed, new int[] {5}, 16);
    }

    static TrainConfig of(long seed, int[] hidden, int batch) {
        return of(seed, hidden, batch, 1);
    }

    static TrainConfig of(long seed, int[] hidden, int batch, int reuse) {
        return of(seed, hidden, batch, reuse, new int[0]);
    }

    static TrainConfig of(long seed, int[] hidden, int batch, int reuse, int[] observed) {
        TrpoConfig trpo = TrpoConfig.defaults().withDelta(0.02);
        return new TrainConfig(
                "Line-v0",
                seed,
                1000,
                4,
                1,
                batch,
                reuse,
                0.99,
                0.95,
                trpo,
                observed,
                hidden,
                -0.5,
                false,
                0,
                new int[] {6, 3},
                2,
                8,
                1e-3,
                0.25,
                1000,
                30,
                0,
                20);
    }
}
