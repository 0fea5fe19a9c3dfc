// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** The place where the environments of a vector run. */
public enum Vectorization {
    /** One after the other in the server's process: cheapest for fast environments. */
    SYNC,
    /** Each in its own process, in parallel: for slow environments on machines with many cores. */
    ASYNC
}
