// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import java.io.IOException;
import java.util.List;

/** The running servers that may host environments, in order. A later read may find others, because servers move. */
@FunctionalInterface
public interface ServerList {

    /**
     * Reads the list.
     *
     * @return at least one server, each with another address
     * @throws IOException that names the file, if there is one, and the error in it
     */
    List<ConnectOptions> read() throws IOException;
}
