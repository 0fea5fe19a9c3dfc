// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import java.time.Duration;

/**
 * The longest times to wait for servers.
 *
 * @param first the time to wait at the start for all servers of a list; servers that do not answer within this time are
 *     skipped, if at least one server answers
 * @param afterLoss the time to wait, after a session was lost, until at least one server answers
 */
public record WaitTimes(Duration first, Duration afterLoss) {

    /**
     * The default. At the start, there is no wait: of the servers of a list, only those that already run are used.
     * After a loss, at least one server must answer within 60 seconds.
     */
    public static final WaitTimes DEFAULT = new WaitTimes(Duration.ZERO, Duration.ofSeconds(60));

    /** Wait times with the same value for {@code first} and {@code afterLoss}. */
    public static WaitTimes of(Duration longest) {
        return new WaitTimes(longest, longest);
    }
}
