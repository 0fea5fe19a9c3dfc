// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.channel.ConnectTimeoutException;
import io.grpc.protobuf.ProtoUtils;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.proto.v1.ErrorDetail;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds the cause of a failed gRPC call and converts the failure into an {@link EnvironmentException}. */
final class RpcErrors {
    private static final Metadata.Key<ErrorDetail> DETAIL =
            Metadata.Key.of("gymwire-error-bin", ProtoUtils.metadataMarshaller(ErrorDetail.getDefaultInstance()));

    private RpcErrors() {}

    /**
     * Converts the failure of a unary call (one request, one response). If the server gave details, they are in the
     * trailing metadata.
     *
     * @param lateness the end of the message if the answer did not come in time: the limit and a remedy
     */
    static EnvironmentException of(
            StatusRuntimeException failure, Connection connection, String what, String lateness) {
        String address = connection.address();
        Metadata trailers = failure.getTrailers();
        if (trailers != null && trailers.containsKey(DETAIL)) {
            return of(trailers.get(DETAIL), "", address);
        }
        Status status = failure.getStatus();
        String message = switch (status.getCode()) {
            case UNAVAILABLE ->
                "the server at " + address + " cannot be reached: " + describeLoss(status, connection.postMortem());
            case UNAUTHENTICATED -> "the server at " + address + " refused this client: " + status.getDescription();
            case DEADLINE_EXCEEDED -> "the server at " + address + " did not answer " + what + " " + lateness;
            default -> "the server at " + address + " failed at " + what + ": " + describe(status);
        };
        return new EnvironmentException(code(status), address, message, failure);
    }

    /** The exception for a failed request, with the server's details; {@code prefix} comes before the message. */
    static EnvironmentException of(ErrorDetail detail, String prefix, String address) {
        return new EnvironmentException(
                code(Status.fromCodeValue(detail.getCode())),
                address,
                prefix + detail.getMessage(),
                new EnvironmentException.Detail(
                        detail.getExceptionClass(),
                        detail.hasEnvIndex() && detail.getEnvIndex() >= 0
                                ? OptionalInt.of(detail.getEnvIndex())
                                : OptionalInt.empty(),
                        detail.getSessionAlive(),
                        detail.getTraceback()));
    }

    /** The code of a failure; OK and codes that gRPC does not know become UNKNOWN. */
    static ErrorCode code(Status status) {
        return status.isOk()
                ? ErrorCode.UNKNOWN
                : ErrorCode.valueOf(status.getCode().name());
    }

    /**
     * A text with the code, the description and the innermost cause. If a connection or certificate was refused, only
     * the innermost cause reports the refusal.
     */
    static String describe(Status status) {
        StringBuilder text = new StringBuilder();
        // Uses only the first line: further lines of the description are about gRPC itself.
        text.append(
                status.getDescription() == null
                        ? ""
                        : status.getDescription().lines().findFirst().orElse(""));
        Throwable cause = status.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause != null && cause.getMessage() != null && text.indexOf(cause.getMessage()) < 0) {
            text.append(text.isEmpty() ? "" : ": ").append(cause.getMessage());
        }
        return status.getCode() + (text.isEmpty() ? "" : " (" + text + ")");
    }

    /** How a lost server's process ended. If this is not known: the status of the failed call, and what to check. */
    static String describeLoss(Status status, Supplier<String> postMortem) {
        String known = postMortem.get();
        return known.isEmpty()
                ? describe(status)
                        + "; check that it runs (./gymwire serve --listen ADDRESS starts a server) and whether it asks"
                        + " for TLS"
                : known;
    }

    /** Whether a call ended because the connection broke, not because the server refused the request. */
    static boolean isBrokenConnection(Status status) {
        return switch (status.getCode()) {
            // A server that is shut down cancels its streams.
            case UNAVAILABLE, CANCELLED -> true;
            // A proxy can reset streams.
            case INTERNAL ->
                status.getDescription() != null && status.getDescription().contains("RST_STREAM");
            // The connection broke while a message was being written.
            case UNKNOWN -> causes(status).anyMatch(IOException.class::isInstance);
            default -> false;
        };
    }

    /**
     * Whether a call failed because nothing listens at the address. The cause is a FileNotFoundException if the file of
     * a Unix socket does not exist. If the attempt to connect timed out, the result is false, because a server may
     * listen there.
     */
    static boolean isRefusedConnection(Status status) {
        return causes(status)
                .anyMatch(cause -> cause instanceof FileNotFoundException
                        || cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException));
    }

    private static Stream<Throwable> causes(Status status) {
        return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause);
    }
}
