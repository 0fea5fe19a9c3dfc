// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.OptionalInt;

/**
 * A failure of an environment or its server. The message contains the relevant values and, in most cases, the remedy.
 */
public final class EnvironmentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * The facts that a server reports about a failed request, in addition to the message.
     *
     * @param exceptionClass the class of the Python exception; empty if there is none
     * @param envIndex the index of the environment that failed, or whose action or seed was refused; empty if there is
     *     no such environment or the index is not known
     * @param sessionAlive whether the session is still open
     * @param traceback the Python traceback; empty unless an environment failed
     */
    public record Detail(String exceptionClass, OptionalInt envIndex, boolean sessionAlive, String traceback) {
        private static final Detail NONE = new Detail("", OptionalInt.empty(), false, "");
    }

    private final ErrorCode code;
    private final String address;
    private final String exceptionClass;
    private final int envIndex;
    private final boolean sessionAlive;
    private final String traceback;

    /** A failure that ends the session or happens outside a session. There is no Python exception. */
    public EnvironmentException(ErrorCode code, String address, String message) {
        this(code, address, message, Detail.NONE);
    }

    /** A failure that ends the session or happens outside a session. Its cause is an exception in this process. */
    public EnvironmentException(ErrorCode code, String address, String message, Throwable cause) {
        this(code, address, message, cause, Detail.NONE);
    }

    /** A failed request, with the details from the server. */
    public EnvironmentException(ErrorCode code, String address, String message, Detail detail) {
        this(code, address, message, null, detail);
    }

    private EnvironmentException(ErrorCode code, String address, String message, Throwable cause, Detail detail) {
        super(message, cause);
        this.code = code;
        this.address = address;
        this.exceptionClass = detail.exceptionClass();
        this.envIndex = detail.envIndex().orElse(-1);
        this.sessionAlive = detail.sessionAlive();
        this.traceback = detail.traceback();
    }

    /** A failure without details from the server. The session can still be used. */
    public static EnvironmentException ofLivingSession(ErrorCode code, String address, String message) {
        return new EnvironmentException(code, address, message, new Detail("", OptionalInt.empty(), true, ""));
    }

    /** The kind of failure. */
    public ErrorCode code() {
        return code;
    }

    /** The server's address; empty if there is none, for example because the server did not start. */
    public String address() {
        return address;
    }

    /** The Python exception's class, for example {@code gymnasium.error.NameNotFound}; empty if there is none. */
    public String exceptionClass() {
        return exceptionClass;
    }

    /**
     * The index of the environment that failed, or whose action or seed was refused; empty if there is no such
     * environment or the index is not known.
     */
    public OptionalInt envIndex() {
        return envIndex < 0 ? OptionalInt.empty() : OptionalInt.of(envIndex);
    }

    /**
     * Whether the session can still be used. If so, the session is as it was before the request, except after a render,
     * a snapshot or a call: the environment's code may have changed something before the failure. If the connection
     * broke during a render or a call, the server may have executed the request, and the message says so.
     */
    public boolean sessionAlive() {
        return sessionAlive;
    }

    /** The Python traceback; empty unless an environment failed. */
    public String traceback() {
        return traceback;
    }
}
