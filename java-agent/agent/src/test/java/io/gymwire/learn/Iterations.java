// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

/** Makes whole iterations: the parts of an iteration run one after the other. */
public final class Iterations {

    private Iterations() {}

    public static PendingIteration.Iteration one(Trainer trainer) {
        trainer.collect(() -> false);
        return trainer.improve().complete();
    }
}
