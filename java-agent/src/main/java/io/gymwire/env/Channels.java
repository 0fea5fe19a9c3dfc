// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import java.util.concurrent.TimeUnit;

/** Opens gRPC channels that are fit for stepping environments. */
final class Channels {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final long KEEPALIVE_SECONDS = 20;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

    private Channels() {
    }

    /** Says whether this JVM can use Unix sockets with gRPC: on Linux, if the native transport loads. */
    static boolean hasUnixSockets() {
        return Epoll.isAvailable();
    }

    static ManagedChannel open(String address) {
        return Grpc.newChannelBuilder(target(address), InsecureChannelCredentials.create())
                // The listeners only hand messages over, so that they may run on the network thread.
                .directExecutor()
                // Environments are near: a proxy of the surroundings is not meant for them.
                .proxyDetector(target -> null)
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    private static String target(String address) {
        if (address.startsWith("unix:")) {
            if (!hasUnixSockets()) {
                throw unusable(address, "this platform has no Unix sockets for gRPC; use host:port");
            }
            return address;
        }
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw unusable(address, "write host:port, for example 127.0.0.1:50051, or unix:/path");
        }
        return "dns:///" + address;
    }

    private static IllegalArgumentException unusable(String address, String remedy) {
        return new IllegalArgumentException("the server address '" + address + "' cannot be used: " + remedy);
    }
}
