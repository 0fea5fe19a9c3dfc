// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time for which a server's address has refused connections. All sessions of a {@link Connection} share this
 * object. So if their server is lost, they wait for {@link #LONGEST} only once, not one after the other. Several
 * threads can use this object at the same time.
 */
final class Refusals {
    /** A server counts as lost if its address refuses connections for longer than this time. */
    private static final Duration LONGEST = Duration.ofSeconds(2);
    /** After this time without a refusal, earlier refusals say nothing about the server. */
    private static final Duration MEMORY = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private boolean refusing;
    private long since; // value of nanoTime at the first refusal, valid while refusing
    private long last; // value of nanoTime at the last refusal, valid while refusing

    Refusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Records a refusal. The result is true if refusals have lasted so long that the server counts as lost. */
    synchronized boolean recordRefusal() {
        long now = nanoTime.getAsLong();
        if (!refusing || now - last > MEMORY.toNanos()) {
            refusing = true;
            since = now;
        }
        last = now;
        return now - since > LONGEST.toNanos();
    }

    /** Records that the address no longer refuses connections. */
    synchronized void end() {
        refusing = false;
    }
}
