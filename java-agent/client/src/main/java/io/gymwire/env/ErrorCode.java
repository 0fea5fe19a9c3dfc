// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

/**
 * The kinds of failure, named like gRPC's status codes. The table of errors in proto/README.md gives the code of each
 * cause in a server. The client adds failures of its own, for example of the connection.
 */
public enum ErrorCode {
    /** The client cancelled the call, or a server that was shut down cancelled it. */
    CANCELLED,
    /** An environment raised an exception, or its process ended. This is also the code of an unknown cause. */
    UNKNOWN,
    /** The request is wrong in every state of the session, for example an action outside its space. */
    INVALID_ARGUMENT,
    /** No answer came in time. */
    DEADLINE_EXCEEDED,
    /** The environment or the session does not exist. */
    NOT_FOUND,
    /** The object to create already exists. */
    ALREADY_EXISTS,
    /** The server's operator does not allow the request. */
    PERMISSION_DENIED,
    /** The request exceeds a limit of the server, for example for sessions, memory or the size of a message. */
    RESOURCE_EXHAUSTED,
    /**
     * The request does not fit the state of the session or server, for example a step before the first reset. This is
     * also the code if a package of the environment is not installed, or if a server did not start and another try
     * cannot succeed.
     */
    FAILED_PRECONDITION,
    /** Another request made this request obsolete. */
    ABORTED,
    /** A number is outside the range that the state of the session or server allows. */
    OUT_OF_RANGE,
    /** The server or the environment does not support the request. */
    UNIMPLEMENTED,
    /** The server has a defect, or its answer does not follow the contract. */
    INTERNAL,
    /** The server cannot be reached, or it did not start but another try can succeed. */
    UNAVAILABLE,
    /** Data was lost beyond recovery. */
    DATA_LOSS,
    /** The client did not send the token that the server requires. */
    UNAUTHENTICATED
}
