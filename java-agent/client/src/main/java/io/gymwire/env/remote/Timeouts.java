// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;

/**
 * The longest times that a client waits for a server's answers. A client notices the end of a server's process
 * immediately, with any timeouts.
 *
 * @param request the time for a step (also of a whole vector), a reset or any other request; positive
 * @param start the time for the start of a server's process, its first answer, and making environments; positive
 */
public record Timeouts(Duration request, Duration start) {
    /** Long enough for environments that load a scene at each reset, and for starts on a machine that is busy. */
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(300), Duration.ofSeconds(600));

    /** Checks that both times are positive. */
    public Timeouts {
        requirePositive(request);
        requirePositive(start);
    }

    /** The same timeout for requests and starts. */
    public static Timeouts of(Duration longest) {
        return new Timeouts(longest, longest);
    }

    /** The limit and the remedy for an answer that did not come in time, for messages. */
    static String remedy(Duration limit) {
        return "within " + limit.toMillis() / 1000.0 + " s; raise the request timeout (--request-timeout SECONDS)";
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the request timeout is " + timeout + "; it must be positive");
        }
    }
}
