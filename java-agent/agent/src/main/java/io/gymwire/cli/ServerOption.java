// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.env.remote.Timeouts;
import io.gymwire.fleet.GivenServers;
import io.gymwire.fleet.Hosting;
import io.gymwire.fleet.ServerList;
import io.gymwire.fleet.ServersFile;
import io.gymwire.fleet.WaitTimes;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options about servers: which servers to use, the files for authentication, and how long to wait. */
final class ServerOption {

    private static final double LEAST_SECONDS = 0.001;
    private static final double MOST_SECONDS = 1e7;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @ArgGroup(validate = false, order = SettingOptions.LAST_HEADING, heading = "%nServer:%n")
    private final Options options = new Options();

    /** The options, under their own heading. */
    static final class Options {
        @Option(
                names = "--server",
                paramLabel = "ADDRESS",
                split = ",",
                description =
                        "Running servers, each host:port or unix:PATH; may be repeated. Sessions are spread evenly"
                                + " over them, in order (default: start servers for this command).")
        List<String> addresses = List.of();

        @Option(
                names = "--servers",
                paramLabel = "FILE",
                description = "Running servers from a file, one per line: host:port [token-file=F] [ca=F]; # begins a"
                        + " comment. The file is read again when a server is lost.")
        Path list;

        @Option(
                names = "--wait-servers",
                paramLabel = "SECONDS",
                description = "How long to wait: at the start for all servers (default 0; servers that do not answer in"
                        + " this time are skipped), and after the loss of a server until any server answers (default"
                        + " 60).")
        Double waitServers;

        @Option(
                names = "--server-token-file",
                paramLabel = "FILE",
                description = "A file with the token that the server requires.")
        Path tokenFile;

        @Option(
                names = "--server-ca",
                paramLabel = "FILE",
                description = "Use TLS, and trust servers with a certificate that this PEM file's authority signed.")
        Path authority;

        @Option(
                names = "--server-cert",
                paramLabel = "FILE",
                description = "This client's certificate, PEM, for mutual TLS.")
        Path certificate;

        @Option(
                names = "--server-key",
                paramLabel = "FILE",
                description = "The private key of the certificate of --server-cert, PEM, PKCS #8.")
        Path key;

        @Option(
                names = "--request-timeout",
                paramLabel = "SECONDS",
                description = "How long a request, e.g. a step or a reset, may take (default: 300), and how long"
                        + " the start of a server or of a session may take (default: 600).")
        Double requestTimeout;
    }

    /** The longest times to wait for answers, both from running and from managed servers. */
    private Timeouts timeouts() {
        return options.requestTimeout == null
                ? Timeouts.DEFAULT
                : Timeouts.of(seconds("--request-timeout", options.requestTimeout, LEAST_SECONDS));
    }

    private WaitTimes waitTimes() {
        return options.waitServers == null
                ? WaitTimes.DEFAULT
                : WaitTimes.of(seconds("--wait-servers", options.waitServers, 0));
    }

    private Duration seconds(String option, double given, double least) {
        if (!(given >= least && given <= MOST_SECONDS)) {
            throw new ParameterException(
                    command.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "%s must be from %s to 10,000,000 seconds; got %s",
                            option,
                            least == 0 ? "0" : least,
                            given));
        }
        return Duration.ofMillis(Math.round(1000 * given));
    }

    /**
     * The servers that host the environments: the running servers that the options name, or else managed servers.
     *
     * @param given the settings on the command line
     * @param settings settings that include the Python interpreter and the imports of managed servers
     * @throws IOException if the list of servers cannot be used
     */
    Hosting hosting(SettingOptions given, Settings settings) throws IOException {
        refuseWithServer(
                given,
                EnvironmentSettings.IMPORT,
                "the server's operator imports modules: ./gymwire serve --import MODULE");
        refuseWithServer(given, EnvironmentSettings.PYTHON, "the server has its own interpreter");
        Optional<ServerList> running = running();
        if (running.isPresent()) {
            // The list is read here, so that an error in it is reported before a server is used or a run begins.
            running.get().read();
            return Hosting.on(running.get(), waitTimes());
        }
        return Hosting.own(StartOptions.OWN
                .withTimeouts(timeouts())
                .withPython(EnvironmentSettings.python(settings))
                .withImports(EnvironmentSettings.imports(settings)));
    }

    private void refuseWithServer(SettingOptions given, Setting<?> setting, String reason) {
        if (hasServers() && given.given().contains(setting)) {
            throw new ParameterException(
                    command.commandLine(),
                    setting + " cannot be combined with " + (options.list == null ? "--server" : "--servers") + ": "
                            + reason + "; leave " + setting + " out");
        }
    }

    private boolean hasServers() {
        return !options.addresses.isEmpty() || options.list != null;
    }

    /** The running servers that the options name; empty if managed servers are to be started. */
    private Optional<ServerList> running() {
        if (!hasServers()) {
            if (command.commandLine().getParseResult().hasMatchedOption("--server")) {
                throw new ParameterException(
                        command.commandLine(),
                        "--server contains no address; write host:port or unix:PATH, or leave the option out");
            }
            if (options.tokenFile != null
                    || options.authority != null
                    || options.certificate != null
                    || options.key != null
                    || options.waitServers != null) {
                throw new ParameterException(
                        command.commandLine(),
                        "--server-token-file, --server-ca, --server-cert, --server-key and --wait-servers are about a"
                                + " running server; give its address with --server, or a list with --servers");
            }
            return Optional.empty();
        }
        if (options.list == null) {
            return Optional.of(
                    new GivenServers(options.addresses, address -> withTls(plain(address), options.authority)));
        }
        if (!options.addresses.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(), "--server and --servers both name servers; give one of the two");
        }
        return Optional.of(new ServersFile(options.list, this::listed));
    }

    /**
     * The options to reach a server of a list. If the server has a Unix socket and no {@code ca}, the options for TLS
     * do not apply to it: they are for the list's servers on other machines.
     *
     * @param authority the {@code ca} in the server's line
     */
    private ConnectOptions listed(String address, Optional<Path> authority) {
        ConnectOptions plain = plain(address);
        return authority.isEmpty() && address.startsWith("unix:")
                ? plain
                : withTls(plain, authority.orElse(options.authority));
    }

    /** The options of a connection to an address, without the options for TLS. */
    private ConnectOptions plain(String address) {
        ConnectOptions plain = ConnectOptions.of(address).withTimeouts(timeouts());
        return options.tokenFile == null ? plain : plain.withTokenFile(options.tokenFile);
    }

    private ConnectOptions withTls(ConnectOptions plain, Path authority) {
        return plain.withAuthority(authority).withCertificate(options.certificate, options.key);
    }
}
