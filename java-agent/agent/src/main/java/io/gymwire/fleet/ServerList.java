// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import java.io.IOException;
import java.util.List;

/** The running servers that environments may be on, in order. Read again, the list may name others: servers move. */
@FunctionalInterface
public interface ServerList {

    /**
     * Reads the list.
     *
     * @return at least one server, each with another address
     * @throws IOException naming the file, if there is one, and what is wrong in it
     */
    List<ConnectOptions> read() throws IOException;
}
