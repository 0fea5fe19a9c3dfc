// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.time.Duration;

/**
 * The longest times that a client waits for a server's answers. Even with long timeouts, a client on the
 * server's machine notices the end of the server's process within seconds. A time of more than 365 days counts as 365
 * days.
 *
 * @param request the time for a request; positive. A reset or step of all environments in a session is one request.
 *     For a Make and for the first request to a server, the time is {@code start}. A Close has a fixed time
 * @param start the time for each of these: the start of a server's process, its first answer, and a Make; positive. The
 *     first answer of a server that this client did not start must come within 30 s, even if {@code start} is longer
 */
public record Timeouts(Duration request, Duration start) {
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Times that suffice for environments that load a scene at each reset, and for starts on a busy machine. */
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(300), Duration.ofSeconds(600));

    /** Checks that both times are positive, and limits them. */
    public Timeouts {
        requirePositive(request);
        requirePositive(start);
        request = limited(request);
        start = limited(start);
    }

    /** The same timeout for requests and starts. */
    public static Timeouts of(Duration longest) {
        return new Timeouts(longest, longest);
    }

    /** The time, at most 365 days: the nanoseconds of a time of more than 292 years do not fit into a long. */
    static Duration limited(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }

    /** A part of an error message about a late answer or start: the limit, and how to raise it. */
    static String remedy(Duration limit) {
        return "within " + limit.toMillis() / 1000.0 + " s; raise the timeout (--request-timeout SECONDS, or"
                + " withTimeouts in Java code)";
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeout is " + timeout + "; it must be positive");
        }
    }
}
