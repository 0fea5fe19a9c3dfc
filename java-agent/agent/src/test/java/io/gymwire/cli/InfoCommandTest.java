// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InfoCommandTest {

    private static ManagedServer server;

    @BeforeAll
    static void startServer() {
        server = ManagedServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void describesTheServerAndListsItsEnvironments() {
        String text = Cli.succeed("info", "--server", server.address());
        assertTrue(text.startsWith("server        gymwire "), text);
        assertTrue(text.contains("\ngymnasium     1."), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("CartPole-v1 +500 steps *")), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("HalfCheetah-v5 +1000 steps *")), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("phys2d/CartPole-v1 +500 steps +.*jax.*")), text);
    }

    @Test
    void describesOneEnvironmentWithAManagedServer() {
        String text = Cli.succeed("info", "Pendulum-v1");
        assertTrue(text.contains("environment        Pendulum-v1\n"), text);
        assertTrue(text.contains("observation space  Box("), text);
        assertTrue(text.contains("action space       Box("), text);
        assertTrue(text.contains("episode limit      200 steps\n"), text);
        assertTrue(text.contains("reward threshold   none\n"), text);
        Cli.assertNoOtherServers(server);
    }
}
