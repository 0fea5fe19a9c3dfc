// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import java.time.Duration;

/**
 * The longest times to wait for servers.
 *
 * @param first the time for all servers of a list; after that, those that do not answer are skipped
 * @param afterLoss the time for any server, after a session was lost
 */
public record Patience(Duration first, Duration afterLoss) {

    /** The default: a server that a user names already runs, and a lost one gets time to come back. */
    public static final Patience DEFAULT = new Patience(Duration.ZERO, Duration.ofSeconds(60));

    /** Waits this long in both cases. */
    public static Patience of(Duration longest) {
        return new Patience(longest, longest);
    }
}
