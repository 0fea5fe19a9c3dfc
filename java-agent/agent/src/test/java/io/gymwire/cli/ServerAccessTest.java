// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests clients of a server that asks for a token and a client's certificate, and has a certificate itself. */
@Timeout(120)
class ServerAccessTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private static Path folder;

    private static ManagedServer server;

    @BeforeAll
    static void startServer() throws IOException {
        PythonTools.run(PythonTools.home().resolve("python-env-server/tests/certificates.py"), folder.toString());
        Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.writeString(folder.resolve("other-token"), TOKEN.replace('0', '1'));
        server = ManagedServer.start(
                List.of(
                        "--listen",
                        "127.0.0.1:0",
                        "--token-file",
                        file("token"),
                        "--tls-cert",
                        file("server.pem"),
                        "--tls-key",
                        file("server.key"),
                        "--tls-client-ca",
                        file("ca.pem")),
                Map.of());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void clientsWithTokenAndCertificateAreAccepted() {
        String text = Cli.succeed(info("token", "ca.pem", "client"));
        assertTrue(text.contains("Discrete(2)"), text);
    }

    @Test
    void clientsWithoutTheTokenAreRefused() {
        Cli.fail(
                List.of("refused this client", "this server requires a token", "--server-token-file"),
                info(null, "ca.pem", "client"));
        Cli.fail(List.of("refused this client", "the token of this server"), info("other-token", "ca.pem", "client"));
    }

    @Test
    void clientsWithoutTheCertificatesAreRefused() {
        Cli.fail(List.of(server.address(), "cannot be reached"), info("token", "ca.pem", null));
        Cli.fail(List.of(server.address(), "cannot be reached"), info("token", "ca.pem", "stranger"));
        Cli.fail(List.of(server.address(), "cannot be reached", "whether it asks for TLS"), info("token", null, null));
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrusted() {
        Cli.fail(
                List.of(server.address(), "cannot be reached", "certification path"),
                info("token", "other-ca.pem", "client"));
    }

    @Test
    void unusableOptionsAreNamed() {
        Cli.fail(List.of("give its address with --server"), "info", "--server-token-file", file("token"));
        Cli.fail(List.of("--server contains no address"), "info", "--server", ",");
        Cli.fail(List.of("token file", "no-token", "no such file"), info("no-token", null, null));
        Cli.fail(List.of("PEM file", "token", "no PEM block"), info("token", "token", null));
        Cli.fail(List.of("client.pem needs TLS"), info("token", null, "client"));
        Cli.fail(
                List.of("client.pem was given"),
                "info",
                "--server",
                server.address(),
                "--server-ca",
                file("ca.pem"),
                "--server-cert",
                file("client.pem"));
        Cli.fail(List.of("Unix socket unix:s.sock"), "info", "--server", "unix:s.sock", "--server-ca", file("ca.pem"));
    }

    @Test
    void caInTheLineOfAServerReplacesTheOptionServerCa() throws IOException {
        Path list = Files.writeString(folder.resolve("one-server"), server.address() + " ca=ca.pem\n");
        Cli.succeed(listed(list));
        Cli.succeed(listed(list, "--server-ca", file("other-ca.pem")));
        Files.writeString(list, server.address() + "\n");
        Cli.fail(List.of(list + " cannot be used: line 1", "client.pem needs TLS"), listed(list));
    }

    @Test
    void theOptionsForTlsDoNotApplyToTheUnixSocketsOfAList() throws IOException {
        try (ManagedServer local = ManagedServer.start()) {
            assumeTrue(local.address().startsWith("unix:"), "no Unix sockets on this platform");
            Path list =
                    Files.writeString(folder.resolve("two-servers"), local.address() + "\n" + server.address() + "\n");
            Cli.succeed(listed(list, "--server-ca", file("ca.pem")));
        }
    }

    /** The command {@code info} with a list of servers, a token and a client's certificate. */
    private static String[] listed(Path list, String... further) {
        List<String> command = new ArrayList<>(List.of("info", "CartPole-v1", "--servers", list.toString()));
        command.addAll(List.of("--server-token-file", file("token")));
        command.addAll(List.of("--server-cert", file("client.pem"), "--server-key", file("client.key")));
        command.addAll(List.of(further));
        return command.toArray(String[]::new);
    }

    @Test
    void noMessageContainsTheToken() {
        ConnectOptions options = ConnectOptions.of(server.address()).withTokenFile(folder.resolve("token"));
        assertFalse(options.toString().contains(TOKEN), options.toString());
        assertEquals(TOKEN, options.token());
        EnvironmentException failure = assertThrows(EnvironmentException.class, () -> RemoteServer.connect(options));
        assertEquals(ErrorCode.UNAVAILABLE, failure.code());
        assertFalse(failure.getMessage().contains(TOKEN), failure.getMessage());
    }

    /** The command {@code info} with these options; null leaves an option out. */
    private static String[] info(String token, String authority, String client) {
        List<String> command = new ArrayList<>(List.of("info", "CartPole-v1", "--server", server.address()));
        if (token != null) {
            command.addAll(List.of("--server-token-file", file(token)));
        }
        if (authority != null) {
            command.addAll(List.of("--server-ca", file(authority)));
        }
        if (client != null) {
            command.addAll(List.of("--server-cert", file(client + ".pem"), "--server-key", file(client + ".key")));
        }
        return command.toArray(String[]::new);
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }
}
