// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.gymwire.files.InputFile;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.record.JsonFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON file of a checkpoint.
 *
 * @param environments whether the environments' state is in the checkpoint
 * @param rollouts how many are in it
 * @param checksums whether its digests are in a file beside it; false for those of earlier versions of Gymwire
 */
record CheckpointCounters(
        int format,
        String envId,
        long seed,
        long totalTimesteps,
        long iterations,
        long episodes,
        long adamSteps,
        boolean environments,
        int rollouts,
        boolean checksums,
        EpisodeHistory returns) {

    static final int FORMAT = 2;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    byte[] toBytes() {
        return (GSON.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #toBytes} gave.
     *
     * @param file that it stands in
     */
    static CheckpointCounters read(InputFile file, byte[] bytes) throws IOException {
        CheckpointCounters counters;
        try {
            counters = GSON.fromJson(JsonFile.parse(file, file.decode(bytes)), CheckpointCounters.class);
        } catch (JsonParseException e) {
            throw file.unusable("it is not what a checkpoint holds (" + JsonFile.firstLine(e) + ")", e);
        }
        if (counters.format() != FORMAT) {
            throw file.unusable(
                    "it has another format than " + FORMAT + "; use the version of Gymwire that wrote it", null);
        }
        if (counters.returns() == null || !counters.returns().isComplete()) {
            throw file.unusable("the returns of the last episodes are missing", null);
        }
        return counters;
    }
}
