// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** Where the environments of a vector run. */
public enum Vectorization {
    /** One after the other in the server's process: cheapest for fast environments. */
    SYNC,
    /** Each in a process of its own, side by side: for slow environments on machines with many cores. */
    ASYNC
}
