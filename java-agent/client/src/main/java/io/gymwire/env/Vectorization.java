// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/** The processes in which the environments of a session run. */
public enum Vectorization {
    /** The environments run one after the other in the session's process. This is cheapest for fast environments. */
    SYNC,
    /** The environments run in parallel, each in its own process. This suits slow environments on many cores. */
    ASYNC
}
