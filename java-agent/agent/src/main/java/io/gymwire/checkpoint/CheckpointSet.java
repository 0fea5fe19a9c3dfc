// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.checkpoint.Safetensors.Contents;
import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.files.InputFile;
import io.gymwire.rollout.EnvironmentStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The files of one checkpoint.
 *
 * @param directory the directory of all checkpoints of a run
 * @param steps environment steps taken when the checkpoint was saved
 */
record CheckpointSet(Path directory, long steps) {

    static final String NUMBERS = ".safetensors";
    static final String COUNTERS = ".json";
    static final String ENVIRONMENTS = ".environments.zip";
    static final String ROLLOUTS = ".rollouts";
    static final String CHECKSUMS = ".sha256";

    private static final String REMEDY = "continue from an older checkpoint, or train the run again";

    /**
     * The content of the files.
     *
     * @param states null if the environments' state is not in the checkpoint, or it was not requested
     * @param rollouts null if there are no rollouts, or they were not requested
     */
    record Content(
            CheckpointCounters counters, Map<String, Tensor> tensors, EnvironmentStates states, Contents rollouts) {}

    /** The common start of the files' names, for example {@code step_000102400}. */
    String stem() {
        return String.format(Locale.ROOT, "step_%09d", steps);
    }

    Path file(String suffix) {
        return directory.resolve(stem() + suffix);
    }

    InputFile input(String suffix) {
        return new InputFile(file(suffix), REMEDY);
    }

    boolean hasChecksums() {
        return Files.exists(file(CHECKSUMS));
    }

    /**
     * Reads the files. The digest of each file is checked before its content is used. Checkpoints of earlier versions
     * of Gymwire have no digests; they are accepted if they are well-formed.
     *
     * @param withoutTraining whether to leave out the rollouts and the environments' state. Playing episodes does not
     *     need them
     * @throws io.gymwire.files.FileException if a file is missing or cannot be used, for example because it is damaged
     */
    Content read(boolean withoutTraining) throws IOException {
        Checksums checksums = hasChecksums() ? Checksums.read(input(CHECKSUMS)) : null;
        CheckpointCounters counters = CheckpointCounters.read(input(COUNTERS), bytes(COUNTERS, checksums));
        if (counters.checksums() && checksums == null) {
            throw input(CHECKSUMS).unusable("there is no such file", null);
        }
        if (counters.totalTimesteps() != steps) {
            throw input(COUNTERS).unusable("it belongs to step " + counters.totalTimesteps(), null);
        }
        Map<String, Tensor> tensors =
                Safetensors.read(input(NUMBERS), bytes(NUMBERS, checksums)).tensors();
        if (withoutTraining) {
            return new Content(counters, tensors, null, null);
        }
        Contents rollouts =
                counters.rollouts() > 0 ? RolloutsFile.read(input(ROLLOUTS), bytes(ROLLOUTS, checksums)) : null;
        EnvironmentStates states = counters.environments()
                ? EnvironmentStatesFile.read(input(ENVIRONMENTS), bytes(ENVIRONMENTS, checksums))
                : null;
        return new Content(counters, tensors, states, rollouts);
    }

    private byte[] bytes(String suffix, Checksums checksums) throws IOException {
        InputFile file = input(suffix);
        return checksums == null ? file.bytes() : checksums.bytes(file);
    }
}
