// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import java.util.function.Consumer;

/** Counts the steps of an evaluation. After very many steps, it says that the episodes may be endless. */
public final class LongEvaluation implements Runnable {

    private static final long MANY = 100_000;

    private final String envId;
    private final Consumer<String> remark;
    private long steps;

    /** @param remark gets the remark, at most once */
    public LongEvaluation(String envId, Consumer<String> remark) {
        this.envId = envId;
        this.remark = remark;
    }

    /** Counts one reset or one step of all environments of the evaluation together. */
    @Override
    public void run() {
        steps++;
        if (steps == MANY) {
            remark.accept("the evaluation of " + envId + " has already stepped its environments " + MANY
                    + " times; if episodes do not end, --max-episode-steps N ends each of them after N steps");
        }
    }
}
