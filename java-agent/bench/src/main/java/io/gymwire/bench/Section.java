// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

/** A part of a bench. */
public enum Section {
    /** Matrix products compared with EJML, and tanh compared with StrictMath. */
    KERNELS,
    /** One update of the policy, and one fit of the critic. */
    UPDATE,
    /** Steps over the wire, compared with environments in a Python process. */
    WIRE,
    /** A blocking step with the libraries of both languages and with unary calls. */
    CLIENTS,
    /** The time from the launcher's start to the end of the first iteration. */
    START,
    /** Complete iterations of training. */
    TRAIN
}
