// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.gymwire.proto.v1.ErrorDetail;
import java.time.Duration;
import java.util.function.Supplier;

/** Turns gRPC's failures into {@link EnvironmentException}s. */
final class RpcErrors {
    private static final Metadata.Key<ErrorDetail> DETAIL =
            Metadata.Key.of("gymwire-error-bin", ProtoUtils.metadataMarshaller(ErrorDetail.getDefaultInstance()));

    private RpcErrors() {}

    /** Maps the failure of a unary call, whose detail travels in the trailing metadata. */
    static EnvironmentException of(
            StatusRuntimeException failure, Connection connection, String what, Duration timeout) {
        String address = connection.address();
        Metadata trailers = failure.getTrailers();
        if (trailers != null && trailers.containsKey(DETAIL)) {
            return new EnvironmentException(trailers.get(DETAIL), "", address);
        }
        Status status = failure.getStatus();
        String message = switch (status.getCode()) {
            case UNAVAILABLE ->
                "the server at " + address + " cannot be reached: " + obituary(status, connection.postMortem());
            case UNAUTHENTICATED -> "the server at " + address + " refused this client: " + status.getDescription();
            case DEADLINE_EXCEEDED ->
                "the server at " + address + " did not answer " + what + " " + Timeouts.remedy(timeout)
                        + " if it is slow";
            default -> "the server at " + address + " failed at " + what + ": " + describe(status);
        };
        return new EnvironmentException(ErrorCode.of(status.getCode()), address, message, failure);
    }

    /** Names code, description, and the innermost cause, which alone tells of a refused connection or certificate. */
    static String describe(Status status) {
        StringBuilder text = new StringBuilder();
        // What gRPC says in further lines is about itself.
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

    /** Says what is known of a server that went away, and what to do. */
    static String obituary(Status status, Supplier<String> postMortem) {
        String known = postMortem.get();
        return known.isEmpty()
                ? describe(status)
                        + "; check that it runs (./gymwire serve --listen ADDRESS starts one) and whether it asks for"
                        + " TLS"
                : known;
    }
}
