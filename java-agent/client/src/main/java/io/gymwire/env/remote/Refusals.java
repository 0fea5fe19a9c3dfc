// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time for which a server's address has refused connections. All sessions of a connection share it. If many
 * sessions are lost with their server, only the first one waits. Several threads may use it at the same time.
 */
final class Refusals {
    /** A server whose address refuses connections for longer than this counts as lost. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final LongSupplier nanoTime;
    private boolean refusing;
    private long since; // value of nanoTime at the first refusal, valid while refusing

    Refusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records a refusal; true if refusals have now lasted so long that the server counts as lost. */
    synchronized boolean recordRefusal() {
        long now = nanoTime.getAsLong();
        if (!refusing) {
            refusing = true;
            since = now;
        }
        return now - since > LONGEST.toNanos();
    }

    /** Records that the address accepts connections. */
    synchronized void end() {
        refusing = false;
    }
}
