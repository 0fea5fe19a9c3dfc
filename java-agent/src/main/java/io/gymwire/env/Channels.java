// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens gRPC channels that are fit for stepping environments. */
final class Channels {
    private static final String UNIX = "unix:";
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final long KEEPALIVE_SECONDS = 20;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

    /** Held, because a logger that nobody holds loses its level. */
    private static final Logger BOOTSTRAP = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    static {
        // gRPC asks for TCP's keepalive on Unix sockets too, and Netty would warn of that on every connection.
        BOOTSTRAP.setLevel(Level.SEVERE);
    }

    private Channels() {
    }

    /** Says whether this JVM can use Unix sockets with gRPC: on Linux, if the native transport loads. */
    static boolean hasUnixSockets() {
        return Epoll.isAvailable();
    }

    static ManagedChannel open(String address) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(target(address), InsecureChannelCredentials.create())
                // The listeners only hand messages over, so that they may run on the network thread.
                .directExecutor()
                // Environments are near: a proxy of the surroundings is not meant for them.
                .proxyDetector(target -> null)
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES);
        if (!address.startsWith(UNIX)) {
            // A machine may vanish without a word; on this one the operating system tells of a dead server at once.
            builder.keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        return builder.build();
    }

    private static String target(String address) {
        if (address.startsWith(UNIX)) {
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
