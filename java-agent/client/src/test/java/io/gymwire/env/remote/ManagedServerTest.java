// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.PythonTools;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ManagedServerTest {
    /** A model for InvertedPendulum-v5, with another limit of the motor. */
    private static final String CART = """
            <mujoco>
              <option timestep="0.02"/>
              <worldbody>
                <body>
                  <joint name="slider" type="slide" axis="1 0 0"/>
                  <geom size="0.1"/>
                  <body pos="0 0 0.3">
                    <joint name="hinge" type="hinge" axis="0 1 0"/>
                    <geom size="0.1"/>
                  </body>
                </body>
              </worldbody>
              <actuator>
                <motor joint="slider" ctrllimited="true" ctrlrange="-7 7"/>
              </actuator>
            </mujoco>
            """;

    @TempDir
    private Path directory;

    @Test
    void reportsItsVersionsAndEnvironments() {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect()) {
            ServerInfo info = server.info();
            assertEquals(1, info.protocol().major());
            assertTrue(info.capabilities().contains("interact"), info.toString());
            assertTrue(info.fingerprint().packages().versions().containsKey("gymnasium"), info.toString());
            EnvironmentEntry cartPole = server.listEnvironments().stream()
                    .filter(entry -> entry.spec().id().equals("CartPole-v1"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(Optional.empty(), cartPole.unavailableReason());
            assertEquals(500, cartPole.spec().maxEpisodeSteps().orElseThrow());
            assertEquals(475.0, cartPole.spec().rewardThreshold().orElseThrow());
        }
    }

    @Test
    void hasNoLimitOfSessionsForItsOnlyClient() {
        List<VectorEnv> sessions = new ArrayList<>();
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect()) {
            for (int i = 0; i < 70; i++) {
                sessions.add(server.make("CartPole-v1", 1));
            }
            sessions.forEach(VectorEnv::close);
        }
    }

    @Test
    void describesTheMadeEnvironment() {
        MakeOptions options = MakeOptions.of("Pendulum-v1")
                .withNumEnvs(2)
                .withMaxEpisodeSteps(30)
                .withAutoresetMode(AutoresetMode.NEXT_STEP)
                .withKwargs(Map.of("g", 9.81));
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                VectorEnv env = server.make(options)) {
            assertEquals("Pendulum-v1", env.envId());
            assertEquals(30, env.spec().maxEpisodeSteps().orElseThrow());
            assertEquals(2, env.numEnvs());
            assertEquals(AutoresetMode.NEXT_STEP, env.autoresetMode());
            assertEquals(
                    "Box([-1.0 -1.0 -8.0], [1.0 1.0 8.0], (3,), float32)",
                    env.singleObservationSpace().toString());
            assertEquals(
                    "Box(-2.0, 2.0, (1,), float32)", env.singleActionSpace().toString());
        }
    }

    @Test
    void sendsTheRequestedInfos() {
        MakeOptions options = MakeOptions.of("HalfCheetah-v5").withNumEnvs(2).withMaxEpisodeSteps(1);
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                VectorEnv all = server.make(options);
                VectorEnv one = server.make(options.withInfos(InfoSelection.keys("x_position")));
                VectorEnv none = server.make(options.withInfos(InfoSelection.none()))) {
            NdArray still = NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 6}, new double[12]);
            all.reset(0, 1);
            one.reset(0, 1);
            none.reset(0, 1);
            VectorStep step = all.step(still);
            Map<String, Object> last = step.finalInfo(1);
            assertTrue(last.containsKey("reward_forward"), last.toString());
            Map<String, Object> chosen = one.step(still).finalInfo(1);
            assertEquals(Map.of("x_position", last.get("x_position")), chosen);
            assertEquals(Map.of(), none.step(still).infos());
        }
    }

    @Test
    void errorsOfTheServerKeepTheirCode() {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect()) {
            EnvironmentException unknown = assertThrows(EnvironmentException.class, () -> server.make("CartPol-v1", 1));
            assertEquals(ErrorCode.NOT_FOUND, unknown.code());
            assertTrue(unknown.getMessage().contains("CartPole-v1"), unknown.getMessage());
            try (VectorEnv env = server.make("CartPole-v1", 2)) {
                NdArray good = NdArray.ofLongs(DType.INT64, new int[] {2}, 0, 1);
                assertEquals(
                        ErrorCode.FAILED_PRECONDITION,
                        assertThrows(EnvironmentException.class, () -> env.step(good))
                                .code());
                env.reset(1, 2);
                EnvironmentException wrong = assertThrows(
                        EnvironmentException.class, () -> env.step(NdArray.ofLongs(DType.INT64, new int[] {2}, 0, 2)));
                assertEquals(ErrorCode.INVALID_ARGUMENT, wrong.code());
                assertTrue(wrong.sessionAlive(), wrong.getMessage());
                assertEquals(1.0, env.step(good).reward(1));
            }
        }
    }

    @Test
    void theErrorOfAnEnvironmentNamesTheEnvironmentAndContainsTheTraceback() {
        try (ManagedServer process = startWithFaultyEnvironments();
                RemoteServer server = process.connect();
                VectorEnv env = server.make("Faulty/RaisesInStep-v0", 2)) {
            env.reset();
            NdArray left = NdArray.ofLongs(DType.INT64, new int[] {2}, 0, 0);
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> {
                for (int step = 0; step <= 20; step++) {
                    env.step(left);
                }
            });
            assertEquals(
                    "Faulty/RaisesInStep-v0: environment 0 failed in step: RuntimeError: the motor is stuck",
                    failure.getMessage());
            assertEquals("RuntimeError", failure.exceptionClass().replaceFirst("^builtins\\.", ""));
            assertEquals(0, failure.envIndex().orElseThrow());
            assertTrue(failure.traceback().contains("in step"), failure.traceback());
            assertFalse(failure.sessionAlive());
        }
    }

    @Test
    void aStepOfAHangingEnvironmentFailsAfterTheRequestTimeoutAndCloseEndsTheEnvironment() {
        try (ManagedServer process = startWithFaultyEnvironments("--max-sessions", "1");
                RemoteServer server = process.connect(Duration.ofSeconds(5))) {
            VectorEnv env = server.make("Faulty/Hangs-v0", 1);
            env.reset();
            NdArray left = NdArray.ofLongs(DType.INT64, new int[] {1}, 0);
            EnvironmentException failure = assertThrows(EnvironmentException.class, () -> {
                for (int step = 0; step <= 20; step++) {
                    env.step(left);
                }
            });
            assertEquals(ErrorCode.DEADLINE_EXCEEDED, failure.code());
            assertTrue(failure.getMessage().contains("Faulty/Hangs-v0 within 5.0 s"), failure.getMessage());
            env.close();
            server.make("CartPole-v1", 1).close();
        }
    }

    @Test
    void aServerKilledDuringAStepIsReportedWithinSeconds() {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                VectorEnv env = server.make("Ant-v5", 64)) {
            env.reset();
            NdArray actions = env.sampleActions(new Random(1));
            EnvironmentException failure = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                env.sendStep(actions);
                ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
                return assertThrows(EnvironmentException.class, () -> {
                    env.receiveStep();
                    env.step(actions);
                });
            });
            assertEquals(ErrorCode.UNAVAILABLE, failure.code());
            assertTrue(
                    failure.getMessage()
                            .startsWith("the server at " + process.address()
                                    + " was lost during a step of Ant-v5: the server process " + process.pid()
                                    + " exited with code "),
                    failure.getMessage());
        }
    }

    @Test
    void nothingIsLeftAfterClose() {
        ManagedServer process = ManagedServer.start();
        ProcessHandle child = ProcessHandle.of(process.pid()).orElseThrow();
        assertTrue(child.isAlive());
        Path socket = Path.of(process.address().replaceFirst("^unix:", ""));
        process.close();
        process.close();
        assertFalse(child.isAlive());
        if (process.address().startsWith("unix:")) {
            assertFalse(Files.exists(socket.getParent()), socket + " still exists");
        }
    }

    @Test
    void theServerEndsWhenItsParentIsKilled() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dgymwire.home=" + System.getProperty("gymwire.home"),
                        "-Djava.io.tmpdir=" + directory,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = parent.inputReader()) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
            assertTrue(child.isAlive());
            parent.destroyForcibly();
            child.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void theErrorOfAServerThatDoesNotStartContainsTheReason() {
        EnvironmentException failure = assertThrows(
                EnvironmentException.class, () -> ManagedServer.start(List.of("--import", "no_such_module"), Map.of()));
        assertTrue(
                failure.getMessage()
                        .startsWith("the environment server did not start: --import no_such_module failed: "),
                failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
        assertEquals(ErrorCode.FAILED_PRECONDITION, failure.code());
    }

    @Test
    void theErrorOfAMissingInstallationContainsTheRemedy() throws IOException {
        EnvironmentException nowhere =
                assertThrows(EnvironmentException.class, () -> ServerHome.find(directory.toString(), null, directory));
        assertTrue(nowhere.getMessage().endsWith("set GYMWIRE_HOME to the folder of Gymwire"), nowhere.getMessage());
        Path server = Files.createDirectories(directory.resolve("python-env-server"));
        EnvironmentException failure = assertThrows(
                EnvironmentException.class, () -> ServerHome.find(null, directory.toString(), Path.of("")));
        assertTrue(failure.getMessage().startsWith("the server is not installed: " + server), failure.getMessage());
        assertTrue(
                failure.getMessage().endsWith("run ./gymwire info, or python3 python-env-server/bootstrap.py"),
                failure.getMessage());
    }

    @Test
    void theInstallationIsFoundFromASubfolder() throws IOException {
        Path python = directory
                .resolve("python-env-server/.venv")
                .resolve(System.getProperty("os.name").startsWith("Windows") ? "Scripts/python.exe" : "bin/python");
        Files.createDirectories(python.getParent());
        assertTrue(Files.createFile(python).toFile().setExecutable(true));
        Path below = Files.createDirectories(directory.resolve("java-agent/src"));
        assertEquals(python.toAbsolutePath(), ServerHome.find(null, null, below).python());
    }

    @Test
    void relativeNamesOfFilesStartAtTheCallersDirectory() throws IOException {
        Path model = Files.writeString(directory.resolve("cart.xml"), CART);
        Path relative = Path.of("").toRealPath().relativize(model.toRealPath());
        Path python =
                Path.of("").toAbsolutePath().relativize(PythonTools.python().toAbsolutePath());
        MakeOptions options = MakeOptions.of("InvertedPendulum-v5").withKwargs(Map.of("xml_file", "./" + relative));
        try (ManagedServer process = ManagedServer.start(StartOptions.OWN.withPython(Optional.of(python)));
                RemoteServer server = process.connect();
                VectorEnv env = server.make(options)) {
            BoxSpace actions = (BoxSpace) env.singleActionSpace();
            assertEquals(7.0, actions.high()[0], "the limit of the motor in the file");
        }
    }

    private static ManagedServer startWithFaultyEnvironments(String... further) {
        List<String> arguments = new ArrayList<>(List.of("--import", "faulty_envs"));
        arguments.addAll(List.of(further));
        return ManagedServer.start(
                arguments,
                Map.of(
                        "PYTHONPATH",
                        PythonTools.home().resolve("python-env-server/tests").toString()));
    }

    /** Starts a server, prints the server's process id, and waits to be killed. */
    static final class Parent {
        public static void main(String[] args) throws InterruptedException {
            System.out.println(ManagedServer.start().pid());
            Thread.sleep(Duration.ofMinutes(2).toMillis());
        }
    }
}
