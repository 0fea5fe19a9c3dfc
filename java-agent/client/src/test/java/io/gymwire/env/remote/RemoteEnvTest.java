// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.Env;
import io.gymwire.env.EnvOutput;
import io.gymwire.env.EnvReset;
import io.gymwire.env.EnvStep;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorStep;
import io.gymwire.env.Vectorization;
import io.gymwire.env.WrapperSpec;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests environments on the real server. {@link #returnsExactlyWhatGymnasiumReturns} compares them with environments in
 * Gymnasium itself.
 */
@Timeout(120)
class RemoteEnvTest {
    private static final long SEED = 5;

    private static final Path ODD_ENVS = PythonTools.home().resolve("python-env-server/tests/odd_envs.py");

    private static ManagedServer process;
    private static RemoteServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        process = ManagedServer.start(
                List.of("--allow-call", "--import", "odd_envs", "--import", "loose_envs"),
                Map.of("PYTHONPATH", ODD_ENVS.getParent().toString()));
        server = process.connect();
    }

    @AfterAll
    static void stop() {
        server.close();
        process.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CartPole-v1",
                "Pendulum-v1",
                "FrozenLake-v1",
                "Taxi-v4",
                "Blackjack-v1",
                "HalfCheetah-v5",
                "Humanoid-v5",
                "Odd/Half-v0",
                "Odd/SmallNumber-v0",
                "Odd/Numbers-v0",
                "Odd/Bits-v0",
                "Odd/Word-v0",
                "Odd/Pair-v0",
                "Odd/Record-v0",
                "Odd/Row-v0",
                "Odd/StackedRow-v0",
                "Odd/Net-v0",
                "Odd/AnyNet-v0",
                "Odd/Either-v0",
                "Odd/Mixture-v0"
            })
    void returnsExactlyWhatGymnasiumReturns(String id) throws IOException {
        List<String> actions = new ArrayList<>();
        List<String> remote = play(id, 60, actions);
        Path file = Files.write(directory.resolve("actions"), actions);
        List<String> local = PythonTools.run(
                        PythonTools.script("play_alone.py"),
                        id,
                        String.valueOf(SEED),
                        file.toString(),
                        ODD_ENVS.toString())
                .lines()
                .toList();
        assertEquals(local, remote);
    }

    private static List<String> play(String id, int steps, List<String> actions) {
        List<String> lines = new ArrayList<>();
        Random random = new Random(SEED);
        try (Env env = server.makeEnv(id)) {
            EnvReset reset = env.reset(SEED);
            lines.add(line(reset.observation(), null, "00", reset.info()));
            for (int t = 0; t < steps; t++) {
                Object action = env.actionSpace().sample(random);
                assertTrue(env.actionSpace().contains(action));
                actions.add(hex(action));
                VectorStep raw = ((RemoteEnv) env).vectorStep(action);
                EnvOutput output = raw.output(0);
                assertTrue(env.observationSpace().contains(output.observation()), () -> "not a member: " + output);
                lines.add(line(
                        output.observation(),
                        output.reward(),
                        (raw.terminated(0) ? "1" : "0") + (raw.truncated(0) ? "1" : "0"),
                        output.info()));
                if (raw.ended(0)) {
                    reset = env.reset();
                    lines.add(line(reset.observation(), null, "00", reset.info()));
                }
            }
        }
        return lines;
    }

    private static String line(Object observation, Object reward, String flags, Map<String, Object> info) {
        return hex(observation) + " " + hex(reward) + " " + flags + " "
                + HexFormat.of().formatHex(Values.encodeDict(info).toByteArray());
    }

    private static String hex(Object value) {
        return HexFormat.of().formatHex(Values.encode(value).toByteArray());
    }

    @Test
    void actionsOfACompositeSpaceCanBeGivenAsAList() {
        Random random = new Random(3);
        MakeOptions two = MakeOptions.of("Odd/Record-v0").withNumEnvs(2).withEnvOutputs(true);
        try (RemoteVectorEnv vector = server.make(two);
                Env first = server.makeEnv("Odd/Record-v0")) {
            Object observation = first.reset(7).observation();
            assertEquals(
                    observation,
                    Batches.get(
                            vector.singleObservationSpace(), vector.reset(7, 8).batch(), 0));
            boolean ended = false;
            while (!ended) {
                Object action = vector.singleActionSpace().sample(random);
                VectorStep both = vector.stepEach(
                        List.of(action, vector.singleActionSpace().sample(random)));
                EnvStep alone = first.step(action);
                ended = alone.ended();
                assertEquals(ended, both.ended(0));
                assertEquals(
                        alone.observation(),
                        ended ? both.finalSample(0) : both.output(0).observation());
                assertEquals(alone.reward(), both.reward(0));
            }
            assertThrows(IllegalStateException.class, () -> vector.reset(1, 2).observations());
            assertThrows(IllegalArgumentException.class, () -> vector.stepEach(List.of(1)));
        }
    }

    @ParameterizedTest
    @CsvSource({"small, 2, true", "flag, 1, true", "number, 0.5, false", "bits, 1, false"})
    void aFinalObservationHasTheDtypeOfItsSpaceAlsoWithExactOutputs(String part, double greatest, boolean isScalar) {
        MakeOptions options = MakeOptions.of("Odd/Loose-v0")
                .withKwargs(Map.of("key", part))
                .withEnvOutputs(true)
                .withMaxEpisodeSteps(1);
        try (RemoteVectorEnv env = server.make(options)) {
            env.reset();
            VectorStep step = env.step(NdArray.ofDoubles(DType.FLOAT32, new int[] {1, 2}, 1, 0));
            NdArray observation = step.finalObservation(0);
            assertEquals(step.observations().row(0).describe(), observation.describe());
            assertEquals(isScalar, observation.isScalar());
            assertEquals(greatest, Arrays.stream(observation.toDoubles()).max().orElseThrow());
            assertEquals(step.output(0).observation(), step.finalSample(0));
        }
    }

    @Test
    void aFinalObservationOfASpaceWithoutArraysIsRefusedWithTheRemedy() {
        MakeOptions options = MakeOptions.of("Odd/Word-v0").withMaxEpisodeSteps(1);
        try (RemoteVectorEnv env = server.make(options)) {
            env.reset();
            VectorStep step = env.stepEach(List.of("abc"));
            IllegalArgumentException failure =
                    assertThrows(IllegalArgumentException.class, () -> step.finalObservation(0));
            assertTrue(failure.getMessage().endsWith("are not arrays; use finalSample"), failure.getMessage());
            assertInstanceOf(String.class, step.finalSample(0));
        }
    }

    @Test
    void aSeedRepeatsAnEpisodeAndOptionsReachTheEnvironment() {
        try (Env env = server.makeEnv("CartPole-v1")) {
            EnvReset first = env.reset(8);
            assertNotEquals(first.observation(), env.reset().observation(), "the random generator must continue");
            assertEquals(first.observation(), env.reset(8).observation());
            EnvReset far = env.reset(Optional.of(BigInteger.valueOf(8)), Map.of("low", 0.5, "high", 0.5));
            for (double x : ((NdArray) far.observation()).toDoubles()) {
                assertEquals(0.5, x);
            }
        }
    }

    @Test
    void invalidActionsAreRefusedAndActionsCanBeNumbers() {
        try (Env numbers = server.makeEnv("CartPole-v1");
                Env arrays = server.makeEnv("CartPole-v1")) {
            assertEquals(numbers.reset(1).observation(), arrays.reset(1).observation());
            assertEquals(arrays.step(NdArray.ofLongs(DType.INT64, new int[0], 1)), numbers.step(1));
        }
        try (Env env = server.makeEnv("Pendulum-v1")) {
            env.reset(1);
            EnvironmentException e = assertThrows(EnvironmentException.class, () -> env.step(new double[] {7}));
            assertEquals(ErrorCode.INVALID_ARGUMENT, e.code());
            assertTrue(e.sessionAlive());
            assertThrows(IllegalArgumentException.class, () -> env.step("left"));
            assertTrue(env.step(new double[] {1}).reward() <= 0.0);
        }
    }

    @Test
    void anActionOfAnotherDtypeIsConverted() {
        try (Env env = server.makeEnv("Pendulum-v1")) {
            env.reset(1);
            EnvStep expected = env.step(new double[] {1});
            for (Object same : List.of(new float[] {1}, new int[] {1}, NdArray.ofLongs(DType.INT8, new int[] {1}, 1))) {
                env.reset(1);
                assertEquals(expected, env.step(same));
            }
        }
        try (Env env = server.makeEnv("CartPole-v1")) {
            env.reset(1);
            assertEquals(
                    1.0, env.step(NdArray.ofLongs(DType.INT8, new int[0], 1)).reward());
        }
        try (Env env = server.makeEnv("Odd/Bits-v0")) {
            env.reset(1);
            env.step(new boolean[] {true, false, true, false, true, true});
        }
    }

    @Test
    void aStepAfterTheEndOfAnEpisodeIsRefusedUntilTheReset() {
        try (Env env = server.makeEnv(MakeOptions.of("CartPole-v1").withMaxEpisodeSteps(2))) {
            env.reset(1);
            assertTrue(!env.step(0).ended());
            assertTrue(env.step(1).truncated());
            EnvironmentException e = assertThrows(EnvironmentException.class, () -> env.step(1));
            assertEquals(ErrorCode.FAILED_PRECONDITION, e.code());
            env.reset();
            env.step(1);
        }
    }

    @Test
    void hasItsMetadataAndSpecification() {
        try (RemoteEnv env = server.makeEnv(MakeOptions.of("CartPole-v1").withRenderMode("rgb_array"))) {
            assertEquals(50L, env.metadata().get("render_fps"));
            assertEquals(Optional.of("rgb_array"), env.renderMode());
            assertEquals("CartPole-v1", env.fullSpec().get("id"));
            assertEquals(500, env.spec().maxEpisodeSteps().orElseThrow());
        }
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> server.makeEnv(MakeOptions.of("CartPole-v1").withNumEnvs(2)));
        assertTrue(e.getMessage().contains("RemoteServer.make"), e.getMessage());
    }

    @Test
    void rendersInItsRenderMode() {
        try (Env env = server.makeEnv(MakeOptions.of("CartPole-v1").withRenderMode("rgb_array"))) {
            env.reset(1);
            NdArray frame = assertInstanceOf(NdArray.class, env.render());
            assertEquals(DType.UINT8, frame.dtype());
            assertTrue(frame.hasShape(400, 600, 3), frame.describe());
            for (int t = 0; t < 8; t++) {
                env.step(1);
            }
            assertNotEquals(frame, env.render(), "the cart moved, so the picture must change");
        }
        try (Env env = server.makeEnv(MakeOptions.of("FrozenLake-v1").withRenderMode("ansi"))) {
            env.reset(1);
            assertTrue(assertInstanceOf(String.class, env.render()).contains("FHFH"));
        }
        try (Env env = server.makeEnv(MakeOptions.of("CartPole-v1").withRenderMode("rgb_array_list"))) {
            env.reset(1);
            env.step(1);
            assertEquals(2, assertInstanceOf(List.class, env.render()).size());
        }
    }

    @Test
    void aSnapshotCanBeRestoredTwiceAndIntoAnotherEnvironment() {
        try (Env env = server.makeEnv("HalfCheetah-v5");
                Env fork = server.makeEnv("HalfCheetah-v5")) {
            Random random = new Random(2);
            env.reset(4);
            for (int t = 0; t < 5; t++) {
                env.step(env.actionSpace().sample(random));
            }
            EnvStep last = env.step(env.actionSpace().sample(random));
            Snapshot snapshot = env.snapshot();
            fork.reset(9);
            EnvReset restored = fork.restore(snapshot);
            assertEquals(last.observation(), restored.observation());
            assertEquals(Optional.of(BigInteger.valueOf(4)), restored.seed());
            for (int t = 0; t < 5; t++) {
                Object action = env.actionSpace().sample(random);
                assertEquals(env.step(action), fork.step(action));
            }
            assertEquals(last.observation(), fork.restore(snapshot).observation());
        }
    }

    @Test
    void callsMethodsAndReadsAndSetsAttributes() {
        try (Env env = server.makeEnv(MakeOptions.of("CartPole-v1").withKwargs(Map.of("sutton_barto_reward", true)))) {
            env.reset(1);
            assertEquals(9.8, env.getAttribute("gravity"));
            env.setAttribute("gravity", 1.5);
            assertEquals(1.5, env.getAttribute("gravity"));
            assertEquals(true, env.call("has_wrapper_attr", "gravity"));
        }
        try (ManagedServer strict = ManagedServer.start(List.of(), Map.of());
                RemoteServer connection = strict.connect();
                Env env = connection.makeEnv("CartPole-v1")) {
            EnvironmentException e = assertThrows(EnvironmentException.class, () -> env.getAttribute("gravity"));
            assertEquals(ErrorCode.PERMISSION_DENIED, e.code());
            assertTrue(e.sessionAlive());
        }
    }

    @Test
    void theServerAppliesWrappersAndVectorization() {
        MakeOptions wrapped = MakeOptions.of("CartPole-v1")
                .withNumEnvs(2)
                .withVectorization(Vectorization.ASYNC)
                .withWrappers(
                        new WrapperSpec("FrameStackObservation", Map.of("stack_size", 3)),
                        WrapperSpec.of("FlattenObservation"));
        try (RemoteVectorEnv env = server.make(wrapped)) {
            assertEquals(Vectorization.ASYNC, env.vectorization());
            assertTrue(env.reset(1, 2).observations().hasShape(2, 12));
            assertTrue(env.stepEach(List.of(1, 0)).observations().hasShape(2, 12));
        }
    }
}
