// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.ConnectOptions;
import io.gymwire.env.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The server to use, and by what it and this client prove who they are. */
final class ServerOption {

    private static final double LEAST_SECONDS = 0.001;
    private static final double MOST_SECONDS = 1e7;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            description = "A running server, host:port or unix:PATH (default: start one for this command).")
    private String address;

    @Option(
            names = "--server-token-file",
            paramLabel = "FILE",
            description = "Holds the token that the server asks for.")
    private Path tokenFile;

    @Option(
            names = "--server-ca",
            paramLabel = "FILE",
            description = "Use TLS, and trust servers whose certificate this PEM file signs.")
    private Path authority;

    @Option(
            names = "--server-cert",
            paramLabel = "FILE",
            description = "This client's certificate, PEM, for mutual TLS.")
    private Path certificate;

    @Option(names = "--server-key", paramLabel = "FILE", description = "Its private key, PEM, PKCS #8.")
    private Path key;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            description = "How long a step, a reset or a start may take (default: 300, a start 600).")
    private Double requestTimeout;

    /** Returns how long to wait for answers, from a server given or one that is started. */
    Timeouts timeouts() {
        if (requestTimeout == null) {
            return Timeouts.DEFAULT;
        }
        if (!(requestTimeout >= LEAST_SECONDS && requestTimeout <= MOST_SECONDS)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--request-timeout must be from 0.001 to 10,000,000 seconds; got " + requestTimeout);
        }
        return Timeouts.of(Duration.ofMillis(Math.round(1000 * requestTimeout)));
    }

    /** Returns how to reach the server given; empty if a server is to be started. */
    Optional<ConnectOptions> server() {
        if (address == null) {
            if (tokenFile != null || authority != null || certificate != null || key != null) {
                throw new ParameterException(
                        command.commandLine(),
                        "--server-token-file, --server-ca, --server-cert and "
                                + "--server-key say how to reach a running server; give its address with --server");
            }
            return Optional.empty();
        }
        ConnectOptions options = ConnectOptions.of(address)
                .withTimeouts(timeouts())
                .withAuthority(authority)
                .withCertificate(certificate, key);
        return Optional.of(tokenFile == null ? options : options.withTokenFile(tokenFile));
    }
}
