// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.env.remote.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests how long commands and clients wait for a server. With {@code -Dgymwire.slowReset=63}, the reset in
 * {@link #aSlowResetSucceedsWithTheDefaultTimeout} lasts 63 seconds instead of 1 second, to test a reset of more than a
 * minute.
 */
@Timeout(240)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test suspends a process with a Unix signal")
class RequestTimeoutTest {

    private static final String OPTION = "--request-timeout";
    private static final double SLOW_RESET_SECONDS = Double.parseDouble(System.getProperty("gymwire.slowReset", "1"));

    @TempDir
    private Path directory;

    @BeforeEach
    void writeModule() throws IOException {
        Files.writeString(directory.resolve("slow_envs.py"), """
                import time
                import gymnasium
                from gymnasium.envs.classic_control import CartPoleEnv

                class Slow(CartPoleEnv):
                    def __init__(self, making=0.0, resetting=0.0, stepping=0.0):
                        super().__init__()
                        time.sleep(making)
                        self.resetting, self.stepping = resetting, stepping

                    def reset(self, **arguments):
                        time.sleep(self.resetting)
                        return super().reset(**arguments)

                    def step(self, action):
                        time.sleep(self.stepping)
                        return super().step(action)

                for phase in ("making", "resetting", "stepping"):
                    gymnasium.register(f"Slow/{phase}-v0", Slow, kwargs={phase: 100.0}, max_episode_steps=10)
                gymnasium.register("Slow/Some-v0", Slow)
                """);
        Files.writeString(directory.resolve("slow_to_import.py"), "import time\ntime.sleep(100)\n");
    }

    @Test
    void commandsGiveUpInTimeAndTheirErrorsNameTheOption() throws IOException, InterruptedException {
        String run = directory.resolve("run").toString();
        Cli.succeed("train", "CartPole-v1", "--steps", "64", "--batch", "64", "--run-dir", run);
        try (ManagedServer server = start("slow_envs")) {
            AgentProcess.kill("STOP", Long.toString(server.pid()));
            for (List<String> command : List.of(
                    List.of("info"), List.of("train", "CartPole-v1"), List.of("eval", run), List.of("verify", run))) {
                Cli.fail(
                        List.of("within 0.5 s", OPTION),
                        Stream.concat(command.stream(), Stream.of("--server", server.address(), OPTION, "0.5"))
                                .toArray(String[]::new));
            }
            AgentProcess.kill("CONT", Long.toString(server.pid()));
        }
    }

    @Test
    void theTimeoutHoldsForMakeResetAndStep() {
        for (String phase : List.of("making", "resetting", "stepping")) {
            try (ManagedServer server = start("slow_envs")) {
                Cli.fail(
                        List.of("Slow/" + phase + "-v0 within 2.0 s", OPTION),
                        "train",
                        "Slow/" + phase + "-v0",
                        "--server",
                        server.address(),
                        OPTION,
                        "2",
                        "--run-dir",
                        directory.resolve(phase).toString());
            }
        }
    }

    @Test
    void theTimeoutHoldsForTheStartOfAServer() {
        EnvironmentException failure = assertThrows(
                EnvironmentException.class,
                () -> ManagedServer.start(new StartOptions(
                        Optional.empty(),
                        List.of("--import", "slow_to_import"),
                        Map.of("PYTHONPATH", directory.toString()),
                        Timeouts.of(Duration.ofSeconds(1)))));
        assertTrue(
                failure.getMessage().contains("within 1.0 s")
                        && failure.getMessage().contains(OPTION),
                failure.getMessage());
    }

    @Test
    void aServerThatWasSuspendedForElevenSecondsIsUsed() throws Exception {
        try (ManagedServer server = start("slow_envs", "--listen", "127.0.0.1:0")) {
            AgentProcess.kill("STOP", Long.toString(server.pid()));
            CompletableFuture<RemoteServer> connecting = CompletableFuture.supplyAsync(server::connect);
            assertThrows(TimeoutException.class, () -> connecting.get(11, TimeUnit.SECONDS));
            AgentProcess.kill("CONT", Long.toString(server.pid()));
            connecting.get(60, TimeUnit.SECONDS).close();
        }
    }

    @Test
    void aSlowResetSucceedsWithTheDefaultTimeout() {
        for (String listen : List.of("unix:" + directory.resolve("s"), "127.0.0.1:0")) {
            try (ManagedServer server = start("slow_envs", "--lean", "--listen", listen);
                    RemoteServer connection = server.connect();
                    VectorEnv env = connection.make(
                            MakeOptions.of("Slow/Some-v0").withKwargs(Map.of("resetting", SLOW_RESET_SECONDS)))) {
                assertEquals(1, env.reset(1).observations().shape()[0]);
            }
        }
    }

    @Test
    void aServerThatDiesIsNoticedImmediately() throws Exception {
        try (ManagedServer server = start("slow_envs");
                RemoteServer connection = server.connect();
                VectorEnv env = connection.make("Slow/resetting-v0", 1)) {
            CompletableFuture<?> reset = CompletableFuture.supplyAsync(() -> env.reset(1));
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
            Throwable failure = assertThrows(ExecutionException.class, () -> reset.get(20, TimeUnit.SECONDS))
                    .getCause();
            assertEquals(ErrorCode.UNAVAILABLE, ((EnvironmentException) failure).code());
        }
    }

    @Test
    void aTimeoutThatIsTooLongOrNotPositiveIsRefused() {
        for (String wrong : List.of("0", "-1", "NaN", "1e300")) {
            Cli.fail(List.of(OPTION, "0.001"), "info", OPTION, wrong);
        }
    }

    private ManagedServer start(String module, String... further) {
        return ManagedServer.start(
                Stream.concat(Stream.of("--import", module), Stream.of(further)).toList(),
                Map.of("PYTHONPATH", directory.toString()));
    }
}
