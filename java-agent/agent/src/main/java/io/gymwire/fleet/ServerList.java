// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import java.io.IOException;
import java.util.List;

/**
 * The servers that are to host environments, in the order in which they get sessions. A later read can give other
 * servers, because a lost server can come back at another address.
 */
@FunctionalInterface
public interface ServerList {

    /**
     * Reads the list.
     *
     * @return at least one server; no two servers have the same address
     * @throws IOException if the list cannot be used; the message names the file, if there is one, and the error
     */
    List<ConnectOptions> read() throws IOException;
}
