// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.StartOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SessionsTest {

    @Test
    void spreadsEnvironmentsEvenlyOverTheSessionsOfOneServer() {
        try (ManagedServer server = ManagedServer.start()) {
            try (Sessions sessions = on(server, "CartPole-v1", new SessionLayout(8, 3, true))) {
                assertEquals(
                        List.of(2, 3, 3),
                        sessions.envs().stream().map(VectorEnv::numEnvs).toList());
            }
            assertThrows(EnvironmentException.class, () -> on(server, "Absent-v0", new SessionLayout(8, 3, true)));
        }
    }

    @Test
    void startsOneServerForEachSessionAndEndsThemAll() {
        try (Sessions sessions = Sessions.onOwnServers(StartOptions.OWN, MakeOptions.of("CartPole-v1"), 2, 2)) {
            assertEquals(2, sessions.envs().size());
            assertEquals(2, ProcessHandle.current().children().count());
        }
        assertEquals(0, ProcessHandle.current().children().count());
        assertThrows(
                EnvironmentException.class,
                () -> Sessions.onOwnServers(StartOptions.OWN, MakeOptions.of("Absent-v0"), 2, 2));
        assertEquals(0, ProcessHandle.current().children().count());
    }

    @Test
    void theServersOfFurtherSessionsRunUntilAllSessionsAreClosed() {
        try (Sessions sessions = Sessions.onOwnServers(StartOptions.OWN, MakeOptions.of("CartPole-v1"), 2, 1)) {
            assertEquals(1, ProcessHandle.current().children().count());
            for (int time = 0; time < 2; time++) {
                CompletableFuture<VectorEnv> other = CompletableFuture.supplyAsync(() -> sessions.openFurther(1, 3));
                try (VectorEnv one = sessions.openFurther(0, 3);
                        VectorEnv two = other.join()) {
                    assertEquals(3, ProcessHandle.current().children().count());
                    assertEquals(
                            one.reset(5, 6, 7).observations(),
                            two.reset(5, 6, 7).observations());
                }
            }
            assertEquals(3, ProcessHandle.current().children().count());
        }
        assertEquals(0, ProcessHandle.current().children().count());
    }

    @Test
    void furtherSessionsAreMadeOnTheRunningServer() {
        try (ManagedServer server = ManagedServer.start()) {
            try (Sessions sessions = on(server, "CartPole-v1", new SessionLayout(2, 1, true));
                    VectorEnv one = sessions.openFurther(0, 3);
                    VectorEnv two = sessions.openFurther(1, 4)) {
                assertEquals(List.of(3, 4), List.of(one.numEnvs(), two.numEnvs()));
                assertEquals(1, ProcessHandle.current().children().count());
            }
        }
    }

    @Test
    void spreadsEnvironmentsOverTheCoresUnlessTheirStepsAreCheap() {
        assertEquals(2, Sessions.workersFor("HalfCheetah-v5", 8, 2));
        assertEquals(8, Sessions.workersFor("HalfCheetah-v5", 8, 32));
        assertEquals(1, Sessions.workersFor("CartPole-v1", 64, 32));
    }

    private static Sessions on(ManagedServer server, String envId, SessionLayout layout) {
        List<ConnectOptions> list = List.of(ConnectOptions.of(server.address()));
        return Sessions.on(Connections.open(list, true), MakeOptions.of(envId), layout);
    }
}
