// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.PythonTools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares trajectories of remote environments bit for bit with trajectories of local environments in Python. */
class TrajectoryTest {
    private static final long SEED = 11;

    private static ManagedServer process;
    private static RemoteServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        process = ManagedServer.start();
        server = process.connect();
    }

    @AfterAll
    static void stop() {
        server.close();
        process.close();
    }

    @ParameterizedTest
    @CsvSource({
        "CartPole-v1,    1, 500, 150, SAME_STEP", "CartPole-v1, 3, 15, 150, SAME_STEP",
        "CartPole-v1,    3,  15, 150, NEXT_STEP", "CartPole-v1, 3, 15, 150, DISABLED",
        "Pendulum-v1,    3,  40, 100, SAME_STEP", "FrozenLake-v1, 3, 8, 200, SAME_STEP",
        "FrozenLake-v1,  1,  50, 200, NEXT_STEP", "HalfCheetah-v5, 3, 40, 100, SAME_STEP",
        "Ant-v5,         3,  60, 150, SAME_STEP"
    })
    void remoteTrajectoriesEqualLocalOnes(String id, int numEnvs, int maxEpisodeSteps, int steps, AutoresetMode mode)
            throws IOException {
        ByteArrayOutputStream actions = new ByteArrayOutputStream();
        List<String> remote = play(
                MakeOptions.of(id)
                        .withNumEnvs(numEnvs)
                        .withMaxEpisodeSteps(maxEpisodeSteps)
                        .withAutoresetMode(mode),
                steps,
                actions);
        Path file = Files.write(directory.resolve("actions"), actions.toByteArray());
        List<String> local = PythonTools.run(
                        PythonTools.script("play_locally.py"),
                        id,
                        String.valueOf(numEnvs),
                        String.valueOf(maxEpisodeSteps),
                        String.valueOf(SEED),
                        mode.name(),
                        file.toString())
                .lines()
                .toList();
        assertEquals(steps + 1, local.size());
        assertEquals(local, remote);
        assertTrue(
                remote.stream().anyMatch(line -> line.matches(".* [01]1[01]( .*)?|.* 1[01][01]( .*)?")),
                "no episode ended, so the test does not check the ends of episodes");
    }

    private static List<String> play(MakeOptions options, int steps, ByteArrayOutputStream actionsTaken) {
        List<String> lines = new ArrayList<>();
        Random random = new Random(SEED);
        try (VectorEnv env = server.make(options)) {
            int n = env.numEnvs();
            lines.add(hex(env.reset(LongStream.range(SEED, SEED + n).toArray()).observations()));
            boolean[] ended = new boolean[n];
            boolean anyEnded = false;
            for (int t = 0; t < steps; t++) {
                if (anyEnded && options.autoresetMode() == AutoresetMode.DISABLED) {
                    env.reset(ended);
                }
                NdArray actions = env.sampleActions(random);
                actionsTaken.writeBytes(bytes(actions));
                VectorStep step = env.step(actions);
                anyEnded = false;
                for (int i = 0; i < n; i++) {
                    ended[i] = step.ended(i);
                    anyEnded |= ended[i];
                }
                lines.add(line(step, n, options.autoresetMode()));
            }
        }
        return lines;
    }

    private static String line(VectorStep step, int n, AutoresetMode mode) {
        ByteBuffer rewards = ByteBuffer.allocate(8 * n).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder flags = new StringBuilder();
        StringBuilder finals = new StringBuilder();
        for (int i = 0; i < n; i++) {
            rewards.putDouble(step.reward(i));
            flags.append(' ')
                    .append(step.terminated(i) ? 1 : 0)
                    .append(step.truncated(i) ? 1 : 0)
                    .append(step.wasReset(i) ? 1 : 0);
            if (mode == AutoresetMode.SAME_STEP && step.ended(i)) {
                finals.append(' ').append(hex(step.finalObservation(i)));
            }
        }
        return hex(step.observations()) + " " + HexFormat.of().formatHex(rewards.array()) + flags + finals;
    }

    private static String hex(NdArray array) {
        return HexFormat.of().formatHex(bytes(array));
    }

    private static byte[] bytes(NdArray array) {
        byte[] bytes = new byte[array.data().remaining()];
        array.data().get(bytes);
        return bytes;
    }
}
