// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Map;

/**
 * The whole state of an environment, as a server gave it, and of the wrappers around it on this side. It can be put
 * into any environment that was made alike, as often as wanted: each time the same future begins.
 */
public interface Snapshot {
    /** The state as bytes that can be stored and sent. */
    byte[] toBytes();

    /**
     * A snapshot that also holds a wrapper's own state, for {@link EnvWrapper}s that have one.
     *
     * @param wrapper the wrapper's name
     * @param own its state, with values as in {@link MakeOptions#withKwargs}
     */
    Snapshot wrap(String wrapper, Map<String, Object> own);

    /**
     * Takes apart what {@link #wrap} put together.
     *
     * @param wrapper the wrapper's name
     * @throws IllegalArgumentException if the snapshot was taken without that wrapper
     */
    Wrapped unwrap(String wrapper);

    /**
     * The two parts of a wrapper's snapshot.
     *
     * @param own the wrapper's state
     * @param inner the snapshot of what it wraps
     */
    record Wrapped(Map<?, ?> own, Snapshot inner) {}
}
