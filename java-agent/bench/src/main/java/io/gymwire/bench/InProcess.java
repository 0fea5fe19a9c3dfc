// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import com.google.gson.JsonObject;
import io.gymwire.env.remote.ServerHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gymnasium's SyncVectorEnv in a Python process, to measure the cost of the environments without gRPC. */
final class InProcess implements AutoCloseable {

    private final PythonScript script;
    private final Path actionsFile;

    InProcess() throws IOException {
        actionsFile = Files.createTempFile("gymwire-actions", ".bin");
        actionsFile.toFile().deleteOnExit();
        script = new PythonScript(ServerHome.find().python(), "in_process.py");
    }

    /** The duration of a number of steps, and the sum of their rewards. */
    record Run(double seconds, double rewardSum) {

        private static final double TOLERANCE = 1e-9;

        /**
         * Checks that a client of the server received the same sum of rewards as this run, except for rounding. The
         * client sent the same actions.
         *
         * @param client the client's name, for the message
         * @param rewards the sum of the rewards that the client received
         */
        void requireEqual(String envId, String client, double rewards) throws IOException {
            if (Math.abs(rewards - rewardSum) > TOLERANCE * Math.abs(rewardSum)) {
                throw new IOException(envId + " gave rewards of " + rewards + " to " + client + " and " + rewardSum
                        + " to a SyncVectorEnv, for the same actions; this is an error of Gymwire");
            }
        }

        /** Reads the answer of a Python program. */
        static Run of(JsonObject answer) {
            return new Run(
                    answer.get("seconds").getAsDouble(),
                    answer.get("reward_sum").getAsDouble());
        }
    }

    /** Resets environment i with seed i and takes steps. */
    Run run(String envId, int envs, int steps, Actions actions) throws IOException {
        actions.write(actionsFile);
        long[] seeds = new long[envs];
        Arrays.setAll(seeds, i -> i);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("env_id", envId);
        request.put("num_envs", envs);
        request.put("seed", seeds);
        request.put("steps", steps);
        request.put("actions", actionsFile.toString());
        request.put("dtype", actions.dtype());
        request.put("shape", actions.shape());
        return Run.of(script.ask(request));
    }

    @Override
    public void close() throws IOException {
        try {
            script.close();
        } finally {
            Files.delete(actionsFile);
        }
    }
}
