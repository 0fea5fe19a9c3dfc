// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

/** A part of the command {@code gymwire bench}. */
public enum Section {
    /** Matrix products compared with EJML, and tanh compared with StrictMath. */
    KERNELS,
    /** One update of the policy, and one fit of the critic. */
    UPDATE,
    /** Steps through gRPC, compared with steps of environments in a Python process. */
    WIRE,
    /**
     * A blocking step (the client waits for its answer) with the Java and Python libraries. For comparison, the same
     * step with unary calls (without a stream) in both languages.
     */
    CLIENTS,
    /** The time from the launcher's start to the first row of progress.csv. */
    START,
    /** Complete runs of {@code gymwire train}. */
    TRAIN
}
