// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a server's address has refused connections. All sessions of a connection share it, so that of many that are
 * lost with their server the first alone waits. Several threads may use it at once.
 */
final class Refusals {
    /** A server whose address refuses connections for this long is gone. */
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final LongSupplier nanoTime;
    private boolean refusing;
    private long since; // of nanoTime, while refusing

    Refusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records a refusal, and says whether they have lasted so long that the server is gone. */
    synchronized boolean isGoneAfterOneMore() {
        long now = nanoTime.getAsLong();
        if (!refusing) {
            refusing = true;
            since = now;
        }
        return now - since > LONGEST.toNanos();
    }

    /** Records that the address is in use. */
    synchronized void end() {
        refusing = false;
    }
}
