// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.files.AtomicFiles;
import io.gymwire.files.FileException;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.record.EpisodeWindow;
import io.gymwire.rollout.EnvironmentStates;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A run between two iterations, on disk: {@code step_000102400.safetensors} with every number of the learner,
 * {@code step_000102400.json} with the counters and the latest returns, {@code step_000102400.environments.zip} with
 * the state of the environments where it can be taken down, {@code step_000102400.rollouts}, in the newest two alone,
 * with the last rollouts where the next update learns from them, {@code step_000102400.sha256} with the digests of all
 * of these, and {@code latest}, a text file that names the newest.
 *
 * <p>Each file is written under another name and then renamed, {@code latest} last: whatever the moment of an
 * interruption, {@code latest} names a complete checkpoint. Nothing is taken from a file before its digest is checked.
 */
public final class Checkpoint {

    /**
     * What a run goes on with beside the learner.
     *
     * @param states of the environments; null where they begin new episodes
     */
    public record ResumeState(EnvironmentStates states, EpisodeHistory returns) {}

    /**
     * How far a run is.
     *
     * @param steps environment steps taken
     */
    public record Progress(long steps, EpisodeHistory returns) {

        /** Mean return of the last 100 episodes; NaN before there are 100. */
        public double meanReturn() {
            return new EpisodeWindow(returns).fullMean();
        }

        /** Whether that is all that a run was asked for. */
        public boolean finishes(RunConfig config) {
            return config.isFinished(steps, meanReturn());
        }
    }

    private Checkpoint() {}

    /**
     * Writes a checkpoint into a directory.
     *
     * @return the file with the learner's numbers
     */
    public static Path save(Path directory, Learner learner, ResumeState state, RunConfig config) throws IOException {
        CheckpointSet set = new CheckpointSet(directory, learner.iterations() * config.get(RolloutSettings.BATCH));
        Checksums checksums = new Checksums(set.input(CheckpointSet.CHECKSUMS));
        Path numbers = set.file(CheckpointSet.NUMBERS);
        checksums.add(
                numbers,
                Safetensors.write(
                        numbers, LearnerTensors.of(learner), Map.of("format", "gymwire-" + CheckpointCounters.FORMAT)));
        if (state.states() != null) {
            Path environments = set.file(CheckpointSet.ENVIRONMENTS);
            checksums.add(environments, EnvironmentStatesFile.write(environments, state.states()));
        }
        int rollouts = learner.recent().size();
        if (rollouts > 0) {
            Path file = set.file(CheckpointSet.ROLLOUTS);
            checksums.add(file, RolloutsFile.write(file, learner.recent()));
        }
        Path json = set.file(CheckpointSet.COUNTERS);
        checksums.add(
                json,
                AtomicFiles.write(
                        json, CheckpointCounters.of(config, learner, state).toBytes()));
        checksums.write();
        AtomicFiles.write(
                directory.resolve(CheckpointSets.LATEST), (set.stem() + "\n").getBytes(StandardCharsets.UTF_8));
        if (rollouts > 0) {
            deleteOlderRollouts(set);
        }
        return numbers;
    }

    /** All of them would soon be larger than all the rest of a run; one older is there should the newest be damaged. */
    private static void deleteOlderRollouts(CheckpointSet newest) throws IOException {
        boolean kept = false;
        for (CheckpointSet set : CheckpointSets.all(newest.directory())) {
            Path rollouts = set.file(CheckpointSet.ROLLOUTS);
            if (set.steps() < newest.steps() && Files.exists(rollouts)) {
                if (kept) {
                    delete(rollouts);
                }
                kept = true;
            }
        }
    }

    private static void delete(Path file) throws FileException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileException.writing(file, e);
        }
    }

    /**
     * Reads the newest whole checkpoint of a directory into a learner of the same shape, to go on with its training.
     *
     * @param remark told in one line of a damaged checkpoint that was passed over
     * @return what is not the learner's
     * @throws IOException when there is none, or it is not one of this learner's shape
     */
    public static ResumeState loadLatest(Path directory, Learner learner, Consumer<String> remark) throws IOException {
        CheckpointSet.Content content = CheckpointSets.newest(directory, set -> set.read(false), remark);
        restore(directory, content, learner);
        return new ResumeState(content.states(), content.counters().returns());
    }

    /** The steps after which the checkpoints of a directory were made, whole or not, in rising order. */
    public static List<Long> kept(Path directory) throws IOException {
        return CheckpointSets.all(directory).stream()
                .map(CheckpointSet::steps)
                .sorted()
                .toList();
    }

    /**
     * Reads the checkpoint of a directory that was made after so many steps into a learner of the same shape, to go on
     * with its training from there.
     *
     * @throws IOException when there is none, it is damaged, or it is not one of this learner's shape
     */
    public static ResumeState load(Path directory, long steps, Learner learner) throws IOException {
        if (!kept(directory).contains(steps)) {
            throw new IOException(directory + " holds no checkpoint after " + steps + " steps; there is one after "
                    + kept(directory).stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        CheckpointSet set = new CheckpointSet(directory, steps);
        if (set.read(true).counters().rollouts() > 0 && !Files.exists(set.file(CheckpointSet.ROLLOUTS))) {
            throw new IOException(
                    "checkpoint " + directory.resolve(set.stem()) + " is without the rollouts that the next"
                            + " update reuses: they are kept for the newest two checkpoints alone; take one of these");
        }
        CheckpointSet.Content content = set.read(false);
        restore(directory, content, learner);
        return new ResumeState(content.states(), content.counters().returns());
    }

    /**
     * Reads the newest whole checkpoint of a directory into a learner of the same shape that will not be trained: the
     * learner's numbers alone.
     *
     * @param remark told in one line of a damaged checkpoint that was passed over
     * @throws IOException when there is none, or it is not one of this learner's shape
     */
    public static void loadForPlay(Path directory, Learner learner, Consumer<String> remark) throws IOException {
        restore(directory, CheckpointSets.newest(directory, set -> set.read(true), remark), learner);
    }

    private static void restore(Path directory, CheckpointSet.Content content, Learner learner) throws IOException {
        CheckpointSet set = new CheckpointSet(directory, content.counters().totalTimesteps());
        try {
            int envs = learner.drawn().length;
            if (content.states() != null && content.states().snapshots().length != envs) {
                throw new IllegalArgumentException(
                        "it holds " + content.states().snapshots().length + " environments, but the run has " + envs);
            }
            LearnerTensors.restore(content.tensors(), content.counters(), learner);
            if (content.rollouts() != null) {
                RolloutsFile.fill(content.rollouts(), content.counters().rollouts(), learner.recent());
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "checkpoint " + directory.resolve(set.stem()) + " does not fit this run: " + e.getMessage(), e);
        }
    }

    /** Whether a directory holds a checkpoint, whole or not. */
    public static boolean exists(Path directory) throws IOException {
        return CheckpointSets.all(directory).stream().anyMatch(set -> Files.exists(set.file(CheckpointSet.COUNTERS)));
    }

    /**
     * How far the newest whole checkpoint of a directory is.
     *
     * @throws IOException when there is none
     */
    public static Progress latest(Path directory) throws IOException {
        CheckpointCounters counters = CheckpointSets.newest(directory, set -> set.read(false), damage -> {})
                .counters();
        return new Progress(counters.totalTimesteps(), counters.returns());
    }

    /**
     * Refuses a run whose rollouts for the next update no checkpoint could hold.
     *
     * @throws IllegalArgumentException with the remedy
     */
    public static void requireRoom(Learner learner, RunConfig config) {
        RolloutsFile.requireRoom(
                config,
                learner.encoder().size(),
                learner.policy().distribution().actionSize());
    }
}
