// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.stub.MetadataUtils;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens gRPC channels with the settings for stepping environments. */
final class Channels {
    private static final String UNIX = "unix:";
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long KEEPALIVE_SECONDS = 20;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

    /** This field and CHANNEL keep the loggers in memory. Otherwise, the JVM could remove them with their levels. */
    private static final Logger BOOTSTRAP = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    private static final Logger CHANNEL = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

    static {
        // gRPC sets TCP's keepalive on Unix sockets too. At a lower log level, Netty warns of that on every connection.
        BOOTSTRAP.setLevel(Level.SEVERE);
        // If a host is unknown, an exception reports it. At a lower log level, gRPC also logs a stack trace.
        CHANNEL.setLevel(Level.SEVERE);
    }

    private Channels() {}

    /** Whether this JVM can use Unix sockets with gRPC. It can on Linux if the native transport can be loaded. */
    static boolean hasUnixSockets() {
        return Epoll.isAvailable();
    }

    static ManagedChannel open(ConnectOptions options) {
        String address = options.address();
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(target(address), credentials(options))
                // The listeners of the calls do not block, so they can run on gRPC's thread.
                .directExecutor()
                // Servers are in the local network: a proxy in the JVM's properties is not meant for them.
                .proxyDetector(target -> null)
                .disableRetry()
                // The server limits the size of its answers (--max-message-mib), so this client sets no limit.
                .maxInboundMessageSize(Integer.MAX_VALUE);
        if (address.startsWith(UNIX)) {
            // By default, the header :authority is the socket's path, which can have characters that a header must not
            // contain.
            builder.overrideAuthority("localhost");
        }
        if (!isOnThisMachine(address)) {
            // Another machine can disappear without closing the connection. Keepalive pings detect that. If a server on
            // this machine ends, the operating system reports it immediately. Pings to this server could only do harm,
            // because it may not answer them while it is busy with one long reset.
            builder.keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                    .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        if (options.token() != null) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + options.token());
            builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        return builder.build();
    }

    private static boolean isOnThisMachine(String address) {
        return address.startsWith(UNIX) || address.matches("(localhost|127(\\.\\d+){3}|\\[::1]):\\d+");
    }

    private static ChannelCredentials credentials(ConnectOptions options) {
        if (options.authority() == null) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        try {
            tls.trustManager(checked(options.authority(), "CERTIFICATE").toFile());
            if (options.certificate() != null) {
                tls.keyManager(
                        checked(options.certificate(), "CERTIFICATE").toFile(),
                        checked(options.key(), "PRIVATE KEY").toFile());
            }
        } catch (IOException e) {
            throw ConnectOptions.unreadable("PEM file", options.authority(), e);
        }
        return tls.build();
    }

    /**
     * Checks that a file contains a PEM block of this kind. gRPC reads the file later, but gRPC's errors do not name
     * the file.
     */
    private static Path checked(Path file, String kind) {
        try {
            if (!new InputFile(file, "give a PEM file").text().contains("-----BEGIN " + kind + "-----")) {
                throw new IOException("it contains no PEM block -----BEGIN " + kind + "-----"
                        + (kind.equals("CERTIFICATE") ? "" : "; convert it with openssl pkcs8 -topk8 -nocrypt"));
            }
        } catch (IOException e) {
            throw ConnectOptions.unreadable("PEM file", file, e);
        }
        return file;
    }

    private static String target(String address) {
        if (address.startsWith(UNIX)) {
            if (!hasUnixSockets()) {
                throw new IllegalArgumentException("the server address '" + address
                        + "' cannot be used: this platform has no Unix sockets for gRPC; use host:port");
            }
            return UNIX + encoded(address.substring(UNIX.length()));
        }
        return "dns:///" + address;
    }

    /** A path, escaped for a URI: gRPC refuses spaces and characters outside ASCII, and reads % as an escape. */
    private static String encoded(String path) {
        StringBuilder out = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "/._~-".indexOf(b) >= 0;
            out.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
        }
        return out.toString();
    }
}
