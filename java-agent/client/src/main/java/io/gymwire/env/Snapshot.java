// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Map;

/**
 * The whole state of an environment, as a server returned it, and the state of the wrappers on the client's side. It
 * can be restored, any number of times, into any environment made with the same arguments. Each time the environment
 * continues in the same way.
 */
public interface Snapshot {
    /** The state as bytes that can be stored and sent. */
    byte[] toBytes();

    /**
     * A copy of this snapshot that also contains a wrapper's state. An {@link EnvWrapper} with a state calls this
     * method.
     *
     * @param wrapper the wrapper's name
     * @param own the wrapper's state, with values as in {@link MakeOptions#withKwargs}
     */
    Snapshot wrap(String wrapper, Map<String, Object> own);

    /**
     * Separates the two parts that {@link #wrap} combined.
     *
     * @param wrapper the wrapper's name
     * @throws IllegalArgumentException if that wrapper is not the outermost wrapper of this snapshot
     */
    Wrapped unwrap(String wrapper);

    /**
     * The two parts of a wrapper's snapshot.
     *
     * @param own the wrapper's state
     * @param inner the snapshot of the wrapped environment
     */
    record Wrapped(Map<?, ?> own, Snapshot inner) {}
}
