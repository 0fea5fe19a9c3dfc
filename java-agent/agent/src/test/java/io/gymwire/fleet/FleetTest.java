// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.ServerInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FleetTest {

    private final List<String> log = new ArrayList<>();
    private List<String> addresses = List.of();

    @Test
    void sessionsAreAssignedToTheServersInTurn() throws IOException {
        try (ManagedServer one = ManagedServer.start();
                ManagedServer two = ManagedServer.start()) {
            name(one, two);
            try (Sessions sessions =
                    fleet("CartPole-v1", new SessionLayout(8, 3, true)).open(() -> false)) {
                assertEquals(
                        List.of(2, 3, 3),
                        sessions.envs().stream().map(VectorEnv::numEnvs).toList());
                assertEquals(
                        List.of(List.of(0, 2), List.of(1)),
                        sessions.hosts().stream().map(Host::sessions).toList());
                assertEquals(
                        List.of(5, 3),
                        sessions.hosts().stream().map(Host::environments).toList());
            }
            assertEquals(List.of("sessions: 2 on " + one.address() + ", 1 on " + two.address()), log);
        }
    }

    @Test
    void everyServerHasASessionUnlessTheNumberOfSessionsIsSet() throws IOException {
        try (ManagedServer one = ManagedServer.start();
                ManagedServer two = ManagedServer.start()) {
            name(one, two);
            try (Sessions sessions =
                    fleet("CartPole-v1", new SessionLayout(4, 1, false)).open(() -> false)) {
                assertEquals(2, sessions.envs().size());
            }
            log.clear();
            try (Sessions sessions =
                            fleet("CartPole-v1", new SessionLayout(4, 1, true)).open(() -> false);
                    VectorEnv further = sessions.openFurther(1, 2)) {
                assertEquals(1, sessions.envs().size());
                assertEquals(2, further.numEnvs());
            }
            assertTrue(log.get(0).startsWith("sessions: 1 on " + one.address() + "; none on " + two.address()));
        }
    }

    @Test
    void serversThatDefineTheEnvironmentDifferentlyAreRefused(@TempDir Path folder) throws IOException {
        try (ManagedServer one = laboratory(folder.resolve("one"), 0.5);
                ManagedServer two = laboratory(folder.resolve("two"), 0.25)) {
            name(one, two);
            Fleet both = fleet("Lab-v0", new SessionLayout(2, 2, true));
            assertDifferent(one, two, assertThrows(EnvironmentException.class, () -> both.open(() -> false)));

            name(one);
            Fleet moved = fleet("Lab-v0", new SessionLayout(2, 2, true));
            moved.open(() -> false).close();
            moved.recordLoss(new EnvironmentException(ErrorCode.UNAVAILABLE, one.address(), "gone"), 0);
            name(two);
            assertDifferent(one, two, assertThrows(EnvironmentException.class, () -> moved.open(() -> false)));
        }
    }

    private static void assertDifferent(ManagedServer one, ManagedServer two, EnvironmentException failure) {
        assertEquals(ErrorCode.FAILED_PRECONDITION, failure.code());
        assertTrue(failure.getMessage().startsWith("the servers define the environment differently: lab is "));
        assertTrue(
                Stream.of(one, two).allMatch(server -> failure.getMessage().contains(" at " + server.address())),
                failure.getMessage());
    }

    /** Starts a server that imports the module lab from a folder. Each folder's module gives another reward. */
    private static ManagedServer laboratory(Path folder, double reward) throws IOException {
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("lab.py"), """
                import gymnasium
                from gymnasium.envs.classic_control import CartPoleEnv


                class Lab(CartPoleEnv):
                    def step(self, action):
                        observation, _, terminated, truncated, info = super().step(action)
                        return observation, %s, terminated, truncated, info


                gymnasium.register("Lab-v0", Lab)
                """.formatted(reward));
        return ManagedServer.start(List.of("--import", "lab"), Map.of("PYTHONPATH", folder.toString()));
    }

    @Test
    void differencesBetweenMachinesAreReported() {
        Host one = host("one:1", "3.12.1", List.of("avx2"));
        assertEquals(Optional.empty(), ServerComparison.remark(List.of(one, host("two:2", "3.12.1", List.of("avx2")))));
        String remark = ServerComparison.remark(List.of(one, one, host("two:2", "3.12.1", List.of("avx2", "avx512f"))))
                .orElseThrow();
        assertTrue(remark.endsWith("processor features is avx2 at one:1 and avx2 avx512f at two:2"), remark);
        assertTrue(ServerComparison.remark(List.of(one, host("two:2", "3.11.0", List.of("avx2"))))
                .orElseThrow()
                .contains("Python is 3.12.1 at one:1 and 3.11.0 at two:2"));
    }

    private static Host host(String address, String python, List<String> features) {
        ServerInfo.Packages packages = new ServerInfo.Packages(Map.of(), Map.of());
        ServerInfo.Fingerprint fingerprint = new ServerInfo.Fingerprint("Linux", "x86_64", features, python, packages);
        ServerInfo info = new ServerInfo(new ServerInfo.ProtocolVersion(1, 0), "1", List.of(), fingerprint, "");
        return new Host(address, info, List.of(0), 1);
    }

    @Test
    void theRunEndsIfAServerIsLostTooOftenAtTheSameStep() throws IOException {
        try (ManagedServer one = ManagedServer.start();
                ManagedServer two = ManagedServer.start()) {
            name(one, two);
            Fleet fleet = fleet("CartPole-v1", new SessionLayout(2, 2, true));
            fleet.open(() -> false).close();
            EnvironmentException loss = new EnvironmentException(ErrorCode.UNAVAILABLE, one.address(), "gone");
            for (int i = 0; i < 3; i++) {
                fleet.recordLoss(loss, 512);
                fleet.recordLoss(loss, 1024);
            }
            assertSame(loss, assertThrows(EnvironmentException.class, () -> fleet.recordLoss(loss, 512)));
            assertEquals(512, fleet.losses().get(0).step());
            assertEquals(one.address(), fleet.losses().get(0).server());
        }
    }

    @Test
    void onlyALostServerOrSessionCountsAsALoss() {
        Fleet fleet = fleet("CartPole-v1", new SessionLayout(2, 2, true));
        for (ErrorCode code : ErrorCode.values()) {
            EnvironmentException failure = new EnvironmentException(code, "one:1", "failed");
            if (code == ErrorCode.UNAVAILABLE || code == ErrorCode.NOT_FOUND) {
                fleet.recordLoss(failure, code.ordinal());
            } else {
                assertThrows(EnvironmentException.class, () -> fleet.recordLoss(failure, 0));
            }
        }
        assertEquals(2, fleet.losses().size());
        EnvironmentException alive = EnvironmentException.ofLivingSession(ErrorCode.UNAVAILABLE, "one:1", "broke");
        assertThrows(EnvironmentException.class, () -> fleet.recordLoss(alive, 0));
    }

    /** Nobody accepts the socket's connections, as if the server's process were suspended. */
    @Test
    void theLineAboutASkippedServerSaysThatItDidNotAnswerInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ManagedServer server = ManagedServer.start()) {
            ConnectOptions suspended = ConnectOptions.of("127.0.0.1:" + silent.getLocalPort());
            ServerList list =
                    () -> List.of(suspended.withTimeout(Duration.ofMillis(500)), ConnectOptions.of(server.address()));
            Hosting hosting = Hosting.on(list, WaitTimes.of(Duration.ZERO));
            SessionLayout layout = new SessionLayout(1, 1, true);
            new Fleet(hosting, MakeOptions.of("CartPole-v1"), layout, log::add)
                    .open(() -> false)
                    .close();
            String skipped = "skipped " + suspended.address() + " (the server at " + suspended.address()
                    + " did not answer GetServerInfo within 0.5 s; ";
            assertTrue(log.get(0).contains(skipped), log.toString());
        }
    }

    @Test
    void theFleetDoesNotWaitAfterAPermanentError() throws IOException {
        try (ManagedServer server = ManagedServer.start()) {
            name(server);
            Fleet fleet = fleet("Absent-v0", new SessionLayout(1, 1, true));
            fleet.recordLoss(new EnvironmentException(ErrorCode.UNAVAILABLE, server.address(), "gone"), 0);
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> fleet.open(() -> false));
            assertEquals(ErrorCode.NOT_FOUND, failure.code());
            assertEquals(List.of(), log);
        }
    }

    @Test
    void theFleetWaitsForAFullServerOnlyAfterALoss() throws IOException {
        try (ManagedServer server = ManagedServer.start(List.of("--max-sessions", "1"), Map.of())) {
            name(server);
            Fleet fleet = fleet("CartPole-v1", new SessionLayout(2, 2, true));
            EnvironmentException first = assertThrows(EnvironmentException.class, () -> fleet.open(() -> false));
            assertEquals(ErrorCode.RESOURCE_EXHAUSTED, first.code());
            assertEquals(List.of(), log);
            fleet.recordLoss(new EnvironmentException(ErrorCode.UNAVAILABLE, server.address(), "gone"), 0);
            // The fleet logs a line when it begins to wait. Then the test ends the wait.
            EnvironmentException again =
                    assertThrows(EnvironmentException.class, () -> fleet.open(() -> !log.isEmpty()));
            assertEquals(ErrorCode.RESOURCE_EXHAUSTED, again.code());
            assertNotEquals(List.of(), log);
        }
    }

    private void name(ManagedServer... servers) {
        addresses = Stream.of(servers).map(ManagedServer::address).toList();
    }

    /**
     * A fleet that reads {@code addresses} each time before it connects. It waits up to five minutes for servers.
     */
    private Fleet fleet(String envId, SessionLayout layout) {
        ServerList list = () -> addresses.stream().map(ConnectOptions::of).toList();
        return new Fleet(
                Hosting.on(list, WaitTimes.of(Duration.ofMinutes(5))), MakeOptions.of(envId), layout, log::add);
    }
}
