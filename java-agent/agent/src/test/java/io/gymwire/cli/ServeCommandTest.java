// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {

    private static final Pattern ADDRESS = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)\n");

    @TempDir
    private Path directory;

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
    void servesOnAFreePortUntilItIsTerminated() throws IOException, InterruptedException {
        try (AgentProcess serve = new AgentProcess(directory, List.of(), "serve")) {
            serve.awaitOutput("\n");
            Matcher announced = ADDRESS.matcher(serve.out());
            assertTrue(announced.matches(), serve.out());
            String described = Cli.succeed("info", "CartPole-v1", "--server", announced.group(1));
            assertTrue(described.contains("Discrete(2)"), described);
            List<ProcessHandle> servers = serve.servers();
            serve.signal("TERM");
            assertEquals(143, serve.awaitEnd());
            AgentProcess.awaitEnd(servers);
            // The server reports only one event: the end of the session that the command `info` made.
            assertEquals(1, serve.err().lines().count(), serve.err());
            assertTrue(serve.err().startsWith("{\"event\": \"session_ended\""), serve.err());
            assertTrue(serve.err().contains("\"env_id\": \"CartPole-v1\""), serve.err());
        }
    }

    @Test
    void theErrorNamesThePortInUseAndTheRemedy() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                AgentProcess serve = new AgentProcess(
                        directory, List.of(), "serve", "--listen", "127.0.0.1:" + taken.getLocalPort())) {
            assertEquals(2, serve.awaitEnd());
            assertEquals(1, serve.err().lines().count(), serve.err());
            assertTrue(serve.err().contains("127.0.0.1:" + taken.getLocalPort()), serve.err());
            assertTrue(serve.err().matches("gymwire[^;:]*: .*(; |choose|another|port 0).*"), serve.err());
        }
    }

    @Test
    void theServerImportsModulesAndListsItsOptions() throws IOException, InterruptedException {
        try (AgentProcess serve = new AgentProcess(directory, List.of(), "serve", "--import", "absent_module")) {
            assertEquals(2, serve.awaitEnd());
            assertEquals(1, serve.err().lines().count(), serve.err());
            assertTrue(serve.err().contains("absent_module"), serve.err());
        }
        try (AgentProcess help = new AgentProcess(directory, List.of(), "serve", "--help-server")) {
            assertEquals(0, help.awaitEnd(), help.err());
            assertTrue(help.out().contains("--import MODULE"), help.out());
        }
    }
}
