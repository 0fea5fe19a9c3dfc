// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

/** The parts of an iteration, one after the other. */
final class Iterations {

    private Iterations() {}

    static Trainer.Iteration one(Trainer trainer) {
        trainer.collect(() -> false);
        trainer.improve();
        return trainer.awaitCritic();
    }
}
