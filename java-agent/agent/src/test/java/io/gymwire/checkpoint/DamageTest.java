// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.learn.Configs;
import io.gymwire.learn.Iterations;
import io.gymwire.learn.Learner;
import io.gymwire.learn.LineEnv;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.Trainer;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.rollout.EnvironmentStates;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that a damaged checkpoint is never used, and that a message reports the damage.
 * {@code -Dgymwire.damages=200} damages each file two hundred times.
 */
class DamageTest {

    private static final int DAMAGES = Integer.getInteger("gymwire.damages", 10);
    private static final RunConfig CONFIG = Configs.small(3).with(RolloutSettings.REUSE, 3);
    private static final String OLD = "step_000000032";
    private static final String NEW = "step_000000048";

    private static Snapshot[] snapshots;

    @TempDir
    private Path directory;

    private final Random random = new Random(20261128);
    private final List<String> remarks = new ArrayList<>();
    private final Learner learner = new Learner(CONFIG, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
    private double[] oldTheta;
    private double[] newTheta;

    /** LineEnv has no snapshots, so the checkpoints get these snapshots of CartPole. */
    @BeforeAll
    static void takeSnapshots() {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                VectorEnv env = server.make("CartPole-v1", 4)) {
            env.reset(ResetOptions.seeded(5));
            snapshots = env.snapshots().toArray(Snapshot[]::new);
        }
    }

    @AfterAll
    static void forgetSnapshots() {
        snapshots = null;
    }

    @BeforeEach
    void saveTwo() throws IOException {
        Trainer trainer = new Trainer(CONFIG, learner, List.of(new LineEnv(4)));
        trainer.reset();
        Iterations.one(trainer);
        for (int i = 0; i < 2; i++) {
            Iterations.one(trainer);
            EnvironmentStates states =
                    new EnvironmentStates(snapshots, new double[] {1, 2, i, 4}, new long[] {5, 6, 7, 8 + i});
            EpisodeHistory returns = new EpisodeHistory(0.1, 16, new double[] {-1 / 3.0, i}, new long[] {5, 5});
            Checkpoint.save(directory, learner, new Checkpoint.ResumeState(states, returns), CONFIG);
            oldTheta = i == 0 ? learner.theta().clone() : oldTheta;
        }
        newTheta = learner.theta().clone();
    }

    @ParameterizedTest
    @ValueSource(strings = {".safetensors", ".json", ".environments.zip", ".rollouts", ".sha256"})
    void aDamagedFileIsNamedAndTheEarlierCheckpointIsUsed(String suffix) throws IOException {
        Path file = directory.resolve(NEW + suffix);
        byte[] whole = Files.readAllBytes(file);
        byte[] other = Files.readAllBytes(directory.resolve(OLD + suffix));
        for (int i = 0; i < DAMAGES; i++) {
            String damage = damage(file, whole, other);
            Learner loaded = new Learner(CONFIG, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
            remarks.clear();
            Checkpoint.loadLatest(directory, loaded, remarks::add);
            assertArrayEquals(oldTheta, loaded.theta(), damage);
            assertEquals(2, loaded.recent().size(), damage);
            assertEquals(1, remarks.size(), damage);
            // If the list of digests is damaged, another file of the checkpoint can look damaged, and be named instead.
            String start =
                    suffix.equals(".sha256") ? directory.resolve(NEW).toString() : file + " is missing or damaged (";
            assertTrue(remarks.get(0).startsWith(start), damage + ": " + remarks);
            assertTrue(
                    remarks.get(0).contains(" is missing or damaged (")
                            && remarks.get(0).endsWith("); using " + OLD + " instead"),
                    damage + ": " + remarks);
        }
        Files.write(file, whole);
        load(newTheta, "after the undamaged file was written back");
    }

    /**
     * If the damaged file {@code latest} names the old checkpoint, this checkpoint is used, and a remark says so. In
     * all other cases, the newest checkpoint is used.
     */
    @Test
    void aDamagedFileNamedLatestIsReportedUnlessItNamesTheNewestCheckpoint() throws IOException {
        Path file = directory.resolve("latest");
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < DAMAGES; i++) {
            String damage = damage(file, whole, (OLD + "\n").getBytes(StandardCharsets.UTF_8));
            String named = Files.exists(file)
                    ? Files.readString(file, StandardCharsets.ISO_8859_1).strip()
                    : "";
            if (named.equals(OLD)) {
                load(oldTheta, damage);
                assertTrue(
                        remarks.get(0).startsWith(file + " names " + OLD + ", though " + NEW + " is newer"),
                        damage + ": " + remarks);
            } else {
                load(newTheta, damage);
                assertTrue(
                        named.equals(NEW) || remarks.get(0).startsWith(file + " is missing or damaged ("),
                        damage + ": " + remarks);
            }
            assertEquals(named.equals(NEW) ? 0 : 1, remarks.size(), damage);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".safetensors", ".json", ".environments.zip", ".rollouts", ".sha256"})
    void ifAllCheckpointsAreDamagedTheErrorNamesAFileOfTheNewest(String suffix) throws IOException {
        byte[] whole = Files.readAllBytes(directory.resolve(NEW + suffix));
        byte[] other = Files.readAllBytes(directory.resolve(OLD + suffix));
        for (int i = 0; i < DAMAGES; i++) {
            String damage = damage(directory.resolve(NEW + suffix), whole, other) + " and "
                    + damage(directory.resolve(OLD + suffix), other, whole);
            String message = "";
            try {
                Checkpoint.loadLatest(directory, learner, remarks::add);
            } catch (IOException e) {
                message = e.getMessage();
            }
            assertTrue(message.startsWith(directory.resolve(NEW).toString()), damage + ": " + message);
            assertTrue(
                    message.contains(" is missing or damaged (")
                            && message.endsWith("put the file back from a copy, or train the run again"),
                    damage + ": " + message);
        }
    }

    private void load(double[] theta, String damage) throws IOException {
        remarks.clear();
        Learner loaded = new Learner(CONFIG, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertArrayEquals(theta, loaded.theta(), damage);
    }

    /**
     * Changes the content of a file in one of several ways, or removes the file.
     *
     * @param whole the undamaged content of the file
     * @param other the content of the same file of another checkpoint; for the file {@code latest}, the name of another
     *     checkpoint
     * @return a description of the damage, for failure messages
     */
    private String damage(Path file, byte[] whole, byte[] other) throws IOException {
        while (true) {
            byte[] damaged = whole.clone();
            int at = random.nextInt(whole.length);
            String what = "";
            switch (random.nextInt(7)) {
                case 0 -> {
                    what = "a bit flipped in byte " + at;
                    damaged[at] ^= (byte) (1 << random.nextInt(8));
                }
                case 1 -> {
                    what = "cut off at byte " + at;
                    damaged = Arrays.copyOf(whole, at);
                }
                case 2 -> {
                    what = "zeros from byte " + at;
                    Arrays.fill(damaged, at, Math.min(whole.length, at + 1 + random.nextInt(512)), (byte) 0);
                }
                case 3 -> {
                    what = "bytes inserted at byte " + at;
                    byte[] inserted = new byte[1 + random.nextInt(16)];
                    random.nextBytes(inserted);
                    damaged = Arrays.copyOf(whole, whole.length + inserted.length);
                    System.arraycopy(inserted, 0, damaged, at, inserted.length);
                    System.arraycopy(whole, at, damaged, at + inserted.length, whole.length - at);
                }
                case 4 -> {
                    what = "the file of another checkpoint";
                    damaged = other;
                }
                case 5 -> {
                    what = "a letter in byte " + at;
                    damaged[at] = (byte) ('A' + random.nextInt(26));
                }
                default -> {
                    Files.deleteIfExists(file);
                    return file.getFileName() + ": removed";
                }
            }
            if (!Arrays.equals(damaged, whole)) {
                Files.write(file, damaged);
                return file.getFileName() + ": " + what;
            }
        }
    }
}
