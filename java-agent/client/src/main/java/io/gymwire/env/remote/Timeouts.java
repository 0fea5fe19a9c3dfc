// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;

/**
 * How long a client waits for a server's answers. A server that ended is noticed at once, whatever these are.
 *
 * @param request a step, that of a whole vector included, a reset or any other request; positive
 * @param start the start of a server's process, its first answer, or the making of environments; positive
 */
public record Timeouts(Duration request, Duration start) {
    /** Long enough for environments that load a scene at each reset, and for starts on a machine that is busy. */
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(300), Duration.ofSeconds(600));

    /** Checks that both are positive. */
    public Timeouts {
        requirePositive(request);
        requirePositive(start);
    }

    /** Waits this long for everything. */
    public static Timeouts of(Duration longest) {
        return new Timeouts(longest, longest);
    }

    /** What to do about an answer that did not come within {@code limit}, for messages. */
    static String remedy(Duration limit) {
        return "within " + limit.toMillis() / 1000.0 + " s; raise the request timeout (--request-timeout SECONDS)";
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the request timeout is " + timeout + "; it must be positive");
        }
    }
}
