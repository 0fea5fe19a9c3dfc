// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.learn.Algorithm;
import io.gymwire.learn.Configs;
import io.gymwire.learn.HugeEnv;
import io.gymwire.learn.Iterations;
import io.gymwire.learn.Learner;
import io.gymwire.learn.LineEnv;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.learn.Trainer;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Setting;
import io.gymwire.update.ppo.PpoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {

    private static final Space CHOICES = new DiscreteSpace(3, 0, DType.INT64);

    private static final Checkpoint.ResumeState NEW_EPISODES = new Checkpoint.ResumeState(
            null, new EpisodeHistory(0.1 + 0.2, 64, new double[] {-1 / 3.0}, new long[] {5}));

    @TempDir
    private Path directory;

    private final List<String> remarks = new ArrayList<>();

    @Test
    void aLoadedLearnerHasAllThatWasSaved() throws IOException {
        Learner saved = trained();
        Checkpoint.save(directory, saved, NEW_EPISODES, Configs.small(3));
        Learner loaded = new Learner(Configs.small(9), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        assertFalse(Arrays.equals(saved.theta(), loaded.theta()));
        Checkpoint.ResumeState rest = Checkpoint.loadLatest(directory, loaded, remarks::add);

        assertNull(rest.states());
        assertEquals(0.1 + 0.2, rest.returns().best());
        assertEquals(64, rest.returns().bestAt());
        assertArrayEquals(new double[] {-1 / 3.0}, rest.returns().lastReturns());
        assertArrayEquals(new long[] {5}, rest.returns().lastLengths());
        assertEquals(32, Checkpoint.latest(directory).steps());
        assertArrayEquals(saved.theta(), loaded.theta());
        assertArrayEquals(saved.critic().theta(), loaded.critic().theta());
        assertArrayEquals(
                saved.critic().adam().firstMoment(), loaded.critic().adam().firstMoment());
        assertArrayEquals(
                saved.critic().adam().secondMoment(), loaded.critic().adam().secondMoment());
        assertEquals(saved.critic().adam().steps(), loaded.critic().adam().steps());
        assertEquals(saved.critic().shift(), loaded.critic().shift());
        assertEquals(saved.critic().scale(), loaded.critic().scale());
        assertEquals(
                saved.critic().targetMoments().toString(),
                loaded.critic().targetMoments().toString());
        assertEquals(
                saved.normalizer().moments().toString(),
                loaded.normalizer().moments().toString());
        assertArrayEquals(saved.drawn(), loaded.drawn());
        assertEquals(2, loaded.iterations());
        assertEquals(saved.episodes(), loaded.episodes());
    }

    /** The loaded learner and the saved learner begin new episodes, and are equal after two more iterations. */
    @ParameterizedTest
    @CsvSource({"1, TRPO", "2, TRPO", "3, TRPO", "5, TRPO", "1, NPG", "1, PPO", "3, PPO"})
    void aLoadedLearnerContinuesLikeTheSavedOne(int reuse, Algorithm algorithm) throws IOException {
        RunConfig config = Configs.small(3)
                .with(RolloutSettings.REUSE, reuse)
                .with(RunSettings.ALGORITHM, algorithm)
                .with(PpoSettings.KL_PENALTY, reuse == 3 ? 1.0 : 0);
        Learner saved = trained(config);
        Checkpoint.save(directory, saved, NEW_EPISODES, config);
        Learner loaded = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        for (Learner learner : List.of(saved, loaded)) {
            Trainer trainer = new Trainer(config, learner, List.of(new LineEnv(4)));
            trainer.reset();
            Iterations.one(trainer);
            Iterations.one(trainer);
        }
        assertArrayEquals(saved.theta(), loaded.theta());
        assertArrayEquals(saved.critic().theta(), loaded.critic().theta());
        saved.update()
                .state()
                .forEach((name, numbers) ->
                        assertArrayEquals(numbers, loaded.update().state().get(name), name));
    }

    @Test
    void afterAHugeObservationALoadedLearnerContinuesLikeTheSavedOne() throws IOException {
        RunConfig config = Configs.small(3);
        Learner saved = trained(config);
        Checkpoint.save(directory, saved, NEW_EPISODES, config);
        Learner loaded = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        for (Learner learner : List.of(saved, loaded)) {
            Trainer trainer = new Trainer(config, learner, List.of(new HugeEnv()));
            trainer.reset();
            Iterations.one(trainer);
            Iterations.one(trainer);
        }
        assertArrayEquals(saved.theta(), loaded.theta());
        assertArrayEquals(saved.critic().theta(), loaded.critic().theta());
        assertEquals(
                0,
                Arrays.stream(saved.theta())
                        .filter(number -> Math.abs(number) > 100)
                        .count());
    }

    @Test
    void onlyTheTwoNewestCheckpointsHaveRollouts() throws IOException {
        RunConfig config = Configs.small(3).with(RolloutSettings.REUSE, 3);
        Learner learner = trained(config);
        Checkpoint.save(directory, learner, NEW_EPISODES, config);
        Path first = directory.resolve("step_000000032.rollouts");
        assertTrue(Files.exists(first));
        learner.setCounters(3, learner.episodes());
        Checkpoint.save(directory, learner, NEW_EPISODES, config);
        learner.setCounters(4, learner.episodes());
        Checkpoint.save(directory, learner, NEW_EPISODES, config);
        assertFalse(Files.exists(first));
        assertTrue(Files.exists(directory.resolve("step_000000048.rollouts")));
        assertTrue(Files.exists(directory.resolve("step_000000064.rollouts")));
    }

    @Test
    void aPolicyCanBePlayedWithoutTheRollouts() throws IOException {
        RunConfig config = Configs.small(3).with(RolloutSettings.REUSE, 3);
        Learner saved = trained(config);
        Checkpoint.save(directory, saved, NEW_EPISODES, config);
        Files.delete(directory.resolve("step_000000032.rollouts"));
        Learner loaded = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadForPlay(directory, loaded, remarks::add);
        assertArrayEquals(saved.theta(), loaded.theta());
        assertEquals(0, loaded.recent().size());
    }

    /** The index -1 stands for an array that is one number too short, and -2 for a missing array. */
    @ParameterizedTest
    @CsvSource({
        "0.rewards, 3, NaN, 0.rewards contains a number that is not finite",
        "1.endings, 3, 4, 1.endings contains 4.0",
        "1.endings, 3, 0.5, 1.endings contains 0.5",
        "0.final_indices, 0, 16, 0.final_indices contains 16.0 at 0",
        "0.final_indices, 1, 0, 0.final_indices contains 0.0 at 1",
        "0.final_indices, 0, 0.5, 0.final_indices contains 0.5 at 0",
        "0.final_indices, 0, 15, 0.final_indices contains 15.0 at 0",
        "1.actions, -1, 0, '1.actions should have 16 numbers, but has 15'",
        "1.log_probabilities, -2, 0, 1.log_probabilities should have 16 numbers, but is missing",
    })
    void damagedRolloutsAreRefused(String name, int index, double value, String reason) throws IOException {
        RunConfig config = Configs.small(3).with(RolloutSettings.REUSE, 3);
        Checkpoint.save(directory, trained(config), NEW_EPISODES, config);
        Path file = directory.resolve("step_000000032.rollouts");
        Map<String, Safetensors.Tensor> tensors =
                new LinkedHashMap<>(Safetensors.read(file).tensors());
        if (index == -2) {
            tensors.remove(name);
        } else if (index == -1) {
            double[] shorter =
                    Arrays.copyOf(tensors.get(name).data(), tensors.get(name).data().length - 1);
            tensors.put(name, new Safetensors.Tensor(new int[] {shorter.length}, shorter));
        } else {
            tensors.get(name).data()[index] = value;
        }
        Safetensors.write(file, tensors, Map.of());
        withoutChecksums();
        refuse(new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS), reason);
    }

    @Test
    void moreRolloutsThanACheckpointCanHoldAreRefused() {
        BoxSpace pictures = new BoxSpace(DType.FLOAT64, new int[] {5000}, fill(5000, 0), fill(5000, 1));
        RunConfig config = Configs.small(3).with(RolloutSettings.BATCH, 8000).with(RolloutSettings.REUSE, 5);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Checkpoint.requireRoom(new Learner(config, pictures, LineEnv.ACTIONS), config))
                .getMessage();
        assertTrue(message.contains("choose a smaller --batch or --reuse"), message);
    }

    private static double[] fill(int length, double value) {
        double[] filled = new double[length];
        Arrays.fill(filled, value);
        return filled;
    }

    @Test
    void equalLearnersGiveEqualBytes() throws IOException {
        Files.createDirectory(directory.resolve("a"));
        Files.createDirectory(directory.resolve("b"));
        Checkpoint.save(directory.resolve("a"), trained(), NEW_EPISODES, Configs.small(3));
        Checkpoint.save(directory.resolve("b"), trained(), NEW_EPISODES, Configs.small(3));
        for (String file : List.of("step_000000032.safetensors", "step_000000032.json", "latest")) {
            assertArrayEquals(
                    Files.readAllBytes(directory.resolve("a/" + file)),
                    Files.readAllBytes(directory.resolve("b/" + file)));
        }
    }

    @Test
    void theNewestOfSeveralCheckpointsIsLoaded() throws IOException {
        Learner learner = new Learner(Configs.small(3), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.save(directory, learner, NEW_EPISODES, Configs.small(3));
        learner.theta()[0] = 0.25;
        learner.setCounters(7, 11);
        Checkpoint.save(directory, learner, NEW_EPISODES, Configs.small(3));
        Learner loaded = new Learner(Configs.small(3), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertEquals(0.25, loaded.theta()[0]);
        assertEquals(7, loaded.iterations());
        assertEquals(11, loaded.episodes());
    }

    @Test
    void aLearnerOfAnotherShapeIsRefusedAndTheErrorNamesATensorThatDiffers() throws IOException {
        Checkpoint.save(directory, trained(), NEW_EPISODES, Configs.small(3));
        refuse(
                new Learner(with(PolicySettings.HIDDEN, "7"), LineEnv.OBSERVATIONS, LineEnv.ACTIONS),
                "policy.1.weight should have 14 numbers, but has 10");
        refuse(
                new Learner(with(PolicySettings.HIDDEN, "5,5"), LineEnv.OBSERVATIONS, LineEnv.ACTIONS),
                "policy.2.weight should have 25 numbers, but has 5");
        refuse(
                new Learner(Configs.small(3), LineEnv.OBSERVATIONS, CHOICES),
                "policy.2.weight should have 15 numbers, but has 5");
    }

    @Test
    void aLearnerThatObservesOtherElementsIsRefused() throws IOException {
        RunConfig config = with(ObservationSettings.OBSERVE, "1");
        Learner saved = trained(config);
        Checkpoint.save(directory, saved, NEW_EPISODES, config);
        Learner loaded = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertArrayEquals(saved.theta(), loaded.theta());
        refuse(
                new Learner(with(ObservationSettings.OBSERVE, "0"), LineEnv.OBSERVATIONS, LineEnv.ACTIONS),
                "observes the elements [1], but the run observes [0]");
        refuse(
                new Learner(Configs.small(3), LineEnv.OBSERVATIONS, LineEnv.ACTIONS),
                "observes the elements [1], but the run observes []");
    }

    @Test
    void aFileOfAnotherFormatIsRefused() throws IOException {
        Checkpoint.save(directory, trained(), NEW_EPISODES, Configs.small(3));
        Path counters = directory.resolve("step_000000032.json");
        Files.writeString(counters, Files.readString(counters).replace("\"format\": 2", "\"format\": 1"));
        withoutChecksums();
        refuse(trained(), "has another format than 2; use the version of Gymwire that wrote it");
    }

    /** Makes the checkpoint look like a checkpoint of an earlier version of Gymwire, which wrote no digests. */
    private void withoutChecksums() throws IOException {
        Files.delete(directory.resolve("step_000000032.sha256"));
        Path counters = directory.resolve("step_000000032.json");
        Files.writeString(counters, Files.readString(counters).replace("  \"checksums\": true,\n", ""));
    }

    @Test
    void aCheckpointOfAnEarlierVersionIsReadAlthoughItHasNoDigests() throws IOException {
        Learner saved = trained();
        Checkpoint.save(directory, saved, NEW_EPISODES, Configs.small(3));
        withoutChecksums();
        Learner loaded = new Learner(Configs.small(9), LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertArrayEquals(saved.theta(), loaded.theta());
        assertEquals(List.of(), remarks);
    }

    @Test
    void aCheckpointOfThisVersionIsRefusedIfItsDigestsAreMissing() throws IOException {
        Checkpoint.save(directory, trained(), NEW_EPISODES, Configs.small(3));
        Files.delete(directory.resolve("step_000000032.sha256"));
        refuse(trained(), "step_000000032.sha256 is missing or damaged (there is no such file)");
    }

    @Test
    void theDigestsAreThoseOfSha256sum() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/sha256sum")), "there is no sha256sum");
        Checkpoint.save(directory, trained(), NEW_EPISODES, Configs.small(3));
        assertEquals(
                0,
                new ProcessBuilder("sha256sum", "--check", "--strict", "--quiet", "step_000000032.sha256")
                        .directory(directory.toFile())
                        .inheritIO()
                        .start()
                        .waitFor());
        assertEquals(
                2,
                Files.readAllLines(directory.resolve("step_000000032.sha256")).size());
    }

    /**
     * {@code latest} can name an older checkpoint for three reasons: somebody edited the file to go back to this
     * checkpoint, an interruption came just before {@code latest} was written, or the file is damaged.
     */
    @Test
    void anOlderCheckpointThatIsNamedInLatestIsUsedWithARemark() throws IOException {
        Learner learner = trained();
        Checkpoint.save(directory, learner, NEW_EPISODES, Configs.small(3));
        String named = Files.readString(directory.resolve("latest"));
        learner.setCounters(5, 9);
        Checkpoint.save(directory, learner, NEW_EPISODES, Configs.small(3));
        Files.writeString(directory.resolve("latest"), named);
        Learner loaded = trained();
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertEquals(2, loaded.iterations());
        assertEquals(
                List.of(directory.resolve("latest") + " names step_000000032, though step_000000080 is newer and"
                        + " whole (the file was edited, is damaged, or the run was interrupted); using step_000000032"),
                remarks);

        Path numbers = directory.resolve("step_000000032.safetensors");
        byte[] whole = Files.readAllBytes(numbers);
        Files.write(numbers, new byte[8]);
        remarks.clear();
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertEquals(5, loaded.iterations());
        assertEquals(
                List.of(numbers + " is missing or damaged (its SHA-256 is not the one in step_000000032.sha256);"
                        + " using step_000000080 instead"),
                remarks);
        Files.write(numbers, whole);
        remarks.clear();
        Files.delete(directory.resolve("step_000000080.sha256"));
        Checkpoint.loadLatest(directory, loaded, remarks::add);
        assertEquals(2, loaded.iterations(), "a checkpoint without its digests must not be used");
        assertEquals(List.of(), remarks);
    }

    private void refuse(Learner learner, String reason) {
        String message = assertThrows(IOException.class, () -> Checkpoint.loadLatest(directory, learner, remarks::add))
                .getMessage();
        assertTrue(message.contains(directory.resolve("step_000000032").toString()), message);
        assertTrue(message.contains(reason), message);
    }

    private static Learner trained() {
        return trained(Configs.small(3));
    }

    private static Learner trained(RunConfig config) {
        Learner learner = new Learner(config, LineEnv.OBSERVATIONS, LineEnv.ACTIONS);
        Trainer trainer = new Trainer(config, learner, List.of(new LineEnv(4)));
        trainer.reset();
        Iterations.one(trainer);
        Iterations.one(trainer);
        return learner;
    }

    private static <T> RunConfig with(Setting<T> setting, String value) {
        RunConfig small = Configs.small(3);
        return new RunConfig(small.envId(), small.settings().withText(setting, value));
    }
}
