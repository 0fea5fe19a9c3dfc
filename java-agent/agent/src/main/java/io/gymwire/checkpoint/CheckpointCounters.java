// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.gymwire.files.InputFile;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.EpisodeHistory;
import io.gymwire.record.JsonFile;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The JSON file of a checkpoint. The file has the fields of this class, in the same order. */
final class CheckpointCounters {
    static final int FORMAT = 2;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    private int format;
    private String envId;
    private long seed;
    private long totalTimesteps;
    private long iterations;
    private long episodes;
    private long adamSteps;
    private boolean environments;
    private int rollouts;
    private boolean checksums;
    private EpisodeHistory returns;

    private CheckpointCounters() {}

    /** The counters of a learner between two iterations. */
    static CheckpointCounters of(RunConfig config, Learner learner, Checkpoint.ResumeState state) {
        CheckpointCounters counters = new CheckpointCounters();
        counters.format = FORMAT;
        counters.envId = config.envId();
        counters.seed = config.get(RunSettings.SEED);
        counters.totalTimesteps = learner.iterations() * config.get(RolloutSettings.BATCH);
        counters.iterations = learner.iterations();
        counters.episodes = learner.episodes();
        counters.adamSteps = learner.critic().adam().steps();
        counters.environments = state.states() != null;
        counters.rollouts = learner.recent().size();
        counters.checksums = true;
        counters.returns = state.returns();
        return counters;
    }

    /** Environment steps taken. */
    long totalTimesteps() {
        return totalTimesteps;
    }

    long iterations() {
        return iterations;
    }

    long episodes() {
        return episodes;
    }

    long adamSteps() {
        return adamSteps;
    }

    /** Whether the checkpoint contains the state of the environments. */
    boolean environments() {
        return environments;
    }

    /** The number of rollouts that were saved with the checkpoint. Only the newest two checkpoints keep them. */
    int rollouts() {
        return rollouts;
    }

    /** Whether the checkpoint has a file of digests; false for checkpoints of earlier versions of Gymwire. */
    boolean checksums() {
        return checksums;
    }

    EpisodeHistory returns() {
        return returns;
    }

    byte[] toBytes() {
        return (GSON.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #toBytes} returned.
     *
     * @param file the file with these bytes, for error messages
     */
    static CheckpointCounters read(InputFile file, byte[] bytes) throws IOException {
        JsonObject json = JsonFile.parse(file, file.decode(bytes));
        for (String name : json.keySet()) {
            // Gson would read a null number as 0, and a null flag as false.
            if (json.get(name).isJsonNull()) {
                throw file.unusable("its field " + name + " is null", null);
            }
        }
        CheckpointCounters counters;
        try {
            counters = GSON.fromJson(json, CheckpointCounters.class);
        } catch (JsonParseException e) {
            throw file.unusable("it is not what a checkpoint contains (" + JsonFile.firstLine(e) + ")", e);
        }
        if (counters.format != FORMAT) {
            throw file.unusable(
                    "it has another format than " + FORMAT + "; use the version of Gymwire that wrote it", null);
        }
        if (counters.returns == null || !counters.returns.isComplete()) {
            throw file.unusable("the returns of the last episodes are missing", null);
        }
        return counters;
    }
}
