// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.env.remote.Timeouts;
import io.gymwire.fleet.Place;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
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

    @ArgGroup(validate = false, order = SettingOptions.LAST_HEADING, heading = "%nServer:%n")
    private final Options options = new Options();

    /** The options, under a heading of their own. */
    static final class Options {
        @Option(
                names = "--server",
                paramLabel = "ADDRESS",
                description = "A running server, host:port or unix:PATH (default: start one for this command).")
        String address;

        @Option(
                names = "--server-token-file",
                paramLabel = "FILE",
                description = "Holds the token that the server asks for.")
        Path tokenFile;

        @Option(
                names = "--server-ca",
                paramLabel = "FILE",
                description = "Use TLS, and trust servers whose certificate this PEM file signs.")
        Path authority;

        @Option(
                names = "--server-cert",
                paramLabel = "FILE",
                description = "This client's certificate, PEM, for mutual TLS.")
        Path certificate;

        @Option(names = "--server-key", paramLabel = "FILE", description = "Its private key, PEM, PKCS #8.")
        Path key;

        @Option(
                names = "--request-timeout",
                paramLabel = "SECONDS",
                description = "How long a step, a reset or a start may take (default: 300, a start 600).")
        Double requestTimeout;
    }

    /** How long to wait for answers, from a server given or one that is started. */
    private Timeouts timeouts() {
        if (options.requestTimeout == null) {
            return Timeouts.DEFAULT;
        }
        if (!(options.requestTimeout >= LEAST_SECONDS && options.requestTimeout <= MOST_SECONDS)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--request-timeout must be from 0.001 to 10,000,000 seconds; got " + options.requestTimeout);
        }
        return Timeouts.of(Duration.ofMillis(Math.round(1000 * options.requestTimeout)));
    }

    /**
     * Where the environments are: on the server given, or else on servers that are started as the settings say.
     *
     * @param given on the command line
     */
    Place place(SettingOptions given, Settings settings) {
        refuseWithServer(
                given,
                EnvironmentSettings.IMPORT,
                "the server's operator imports it: ./gymwire serve --import" + " MODULE");
        refuseWithServer(given, EnvironmentSettings.PYTHON, "the server has an interpreter of its own");
        StartOptions start = StartOptions.OWN
                .withTimeouts(timeouts())
                .withPython(EnvironmentSettings.python(settings))
                .withImports(EnvironmentSettings.imports(settings));
        return new Place(server(), start);
    }

    private void refuseWithServer(SettingOptions given, Setting<?> setting, String reason) {
        if (options.address != null && given.given().contains(setting)) {
            throw new ParameterException(
                    command.commandLine(),
                    setting + " does not go with --server: " + reason + "; leave " + setting + " out");
        }
    }

    /** How to reach the server given; empty if a server is to be started. */
    private Optional<ConnectOptions> server() {
        if (options.address == null) {
            if (options.tokenFile != null
                    || options.authority != null
                    || options.certificate != null
                    || options.key != null) {
                throw new ParameterException(
                        command.commandLine(),
                        "--server-token-file, --server-ca, --server-cert and "
                                + "--server-key say how to reach a running server; give its address with --server");
            }
            return Optional.empty();
        }
        ConnectOptions connect = ConnectOptions.of(options.address)
                .withTimeouts(timeouts())
                .withAuthority(options.authority)
                .withCertificate(options.certificate, options.key);
        return Optional.of(options.tokenFile == null ? connect : connect.withTokenFile(options.tokenFile));
    }
}
