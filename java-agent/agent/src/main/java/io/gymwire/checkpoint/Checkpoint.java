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
 * The state of a run between two iterations, on disk. A checkpoint consists of these files:
 *
 * <ul>
 * <li>{@code step_000102400.safetensors}: the learner's numbers, except its counters and the rollouts
 * <li>{@code step_000102400.json}: the counters, the best mean return, and the returns and lengths of the last 100
 *     episodes
 * <li>{@code step_000102400.environments.zip}: the state of the environments, if it can be saved
 * <li>{@code step_000102400.rollouts}: the last rollouts, if the next update reuses them. Only the newest two
 *     checkpoints have this file
 * <li>{@code step_000102400.sha256}: the SHA-256 digests of the files above
 * </ul>
 *
 * <p>The text file {@code latest} names the newest checkpoint. A user can write the name of an older checkpoint into
 * it, if that checkpoint still has all its files.
 *
 * <p>Each file is written under a temporary name and then renamed; {@code latest} is renamed last. Therefore
 * {@code latest} always names a complete checkpoint, even after an interruption. The digest of a file is checked before
 * its content is used. Checkpoints that earlier versions of Gymwire saved have no digests.
 */
public final class Checkpoint {

    /**
     * The state that a resumed run needs besides the learner.
     *
     * @param states the states of the environments; null if they begin new episodes
     */
    public record ResumeState(EnvironmentStates states, EpisodeHistory returns) {}

    /**
     * The progress of a run.
     *
     * @param steps environment steps taken
     */
    public record Progress(long steps, EpisodeHistory returns) {

        /** Mean return of the last 100 episodes; NaN before there are 100. */
        public double meanReturn() {
            return new EpisodeWindow(returns).fullMean();
        }

        /** Whether a run with this configuration is complete. */
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

    /**
     * Deletes the rollouts of older checkpoints, because they would soon be larger than all other files of a run. Keeps
     * the rollouts of one older checkpoint, in case the newest checkpoint is damaged.
     */
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
     * Restores a learner of the same shape from the checkpoint that {@code latest} names, to continue its training. If
     * {@code latest} or this checkpoint is damaged, uses the newest whole checkpoint. A checkpoint is whole if all its
     * files exist and no file is damaged.
     *
     * @param remark receives a line if {@code latest} or the checkpoint that it names is damaged, or if there is a
     *     newer whole checkpoint
     * @return the part of the run's state that is not in the learner
     * @throws IOException if there is no whole checkpoint, if this user has no permission to read a file, or if the
     *     checkpoint does not fit this run
     */
    public static ResumeState loadLatest(Path directory, Learner learner, Consumer<String> remark) throws IOException {
        CheckpointSet.Content content = CheckpointSets.newest(directory, set -> set.read(false), remark);
        restore(directory, content, learner);
        return new ResumeState(content.states(), content.counters().returns());
    }

    /**
     * The steps after which the checkpoints of a directory were saved, in ascending order. Damaged checkpoints are
     * included.
     */
    public static List<Long> kept(Path directory) throws IOException {
        return CheckpointSets.all(directory).stream()
                .map(CheckpointSet::steps)
                .sorted()
                .toList();
    }

    /**
     * Restores a learner of the same shape from the checkpoint that was saved after {@code steps} steps, to continue
     * its training.
     *
     * @throws IOException if the checkpoint does not exist, is damaged, lacks rollouts that the next update reuses, or
     *     does not fit this run
     */
    public static ResumeState load(Path directory, long steps, Learner learner) throws IOException {
        if (!kept(directory).contains(steps)) {
            throw new IOException(directory + " contains no checkpoint of step " + steps
                    + "; it contains the checkpoints of the steps "
                    + kept(directory).stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        CheckpointSet set = new CheckpointSet(directory, steps);
        if (set.read(true).counters().rollouts() > 0 && !Files.exists(set.file(CheckpointSet.ROLLOUTS))) {
            throw new IOException(
                    "checkpoint " + directory.resolve(set.stem()) + " lacks the rollouts that the next update"
                            + " reuses: only the newest two checkpoints keep them; use one of these");
        }
        CheckpointSet.Content content = set.read(false);
        restore(directory, content, learner);
        return new ResumeState(content.states(), content.counters().returns());
    }

    /**
     * Restores a learner of the same shape from a checkpoint, to play episodes. Reads only the learner's numbers, the
     * counters and the digests. The checkpoint is chosen as in {@link #loadLatest}, but its other files may be damaged
     * or missing.
     *
     * @param remark receives a line as in {@link #loadLatest}
     * @throws IOException as in {@link #loadLatest}
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
                        "it has " + content.states().snapshots().length + " environments, but the run has " + envs);
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

    /**
     * Whether a directory contains a checkpoint's JSON file, damaged or not. The JSON file of step 0 counts only if the
     * checkpoint also has its file of digests. If that file is missing, the run was killed before it learned anything.
     */
    public static boolean exists(Path directory) throws IOException {
        return CheckpointSets.all(directory).stream()
                .anyMatch(set ->
                        Files.exists(set.file(CheckpointSet.COUNTERS)) && (set.steps() > 0 || set.hasChecksums()));
    }

    /**
     * The progress in a directory's checkpoint, which is chosen as in {@link #loadLatest}.
     *
     * @throws IOException if there is no whole checkpoint, or if this user has no permission to read a file
     */
    public static Progress latest(Path directory) throws IOException {
        CheckpointCounters counters = CheckpointSets.newest(directory, set -> set.read(false), damage -> {})
                .counters();
        return new Progress(counters.totalTimesteps(), counters.returns());
    }

    /**
     * Refuses a run if the rollouts that its updates reuse can become too large for a checkpoint.
     *
     * @throws IllegalArgumentException if they can become too large; the message names the remedy
     */
    public static void requireRoom(Learner learner, RunConfig config) {
        RolloutsFile.requireRoom(
                config,
                learner.encoder().size(),
                learner.policy().distribution().actionSize());
    }
}
