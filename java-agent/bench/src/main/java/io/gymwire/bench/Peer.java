// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import com.google.gson.JsonObject;
import io.gymwire.distribution.GaussianSettings;
import io.gymwire.env.remote.ServerHome;
import io.gymwire.learn.RunConfig;
import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.update.natural.TrustRegionSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The TRPO of sb3-contrib, for comparison. It runs in a separate process, which is idle between requests. */
public final class Peer implements AutoCloseable {

    private final PythonScript script;

    private Peer(PythonScript script) {
        this.script = script;
    }

    /** Starts the peer. Before that, makes the peer's Python environment if it is missing or out of date. */
    public static Peer start() throws IOException {
        Path bench = PythonScript.folder();
        Path python = ServerHome.find().python();
        Process making = ServerHome.find()
                .python(List.of(bench.resolve("make_peers.py").toString()), Map.of())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread killer = new Thread(
                () -> {
                    making.descendants().forEach(ProcessHandle::destroyForcibly);
                    making.destroyForcibly();
                },
                "gymwire-bench-peers");
        Runtime.getRuntime().addShutdownHook(killer);
        int code = making.onExit().join().exitValue();
        if (code != 0) {
            throw new IOException("the peers' Python environment is not ready (exit code " + code
                    + "); see the error above, or leave --peers out");
        }
        Runtime.getRuntime().removeShutdownHook(killer);
        Path bin = bench.resolve(".venv").resolve(python.getParent().getFileName());
        return new Peer(new PythonScript(bin.resolve(python.getFileName()), "peers.py"));
    }

    /** The versions of the peer's Python packages, by package name. */
    public Map<String, String> versions() throws IOException {
        Map<String, String> versions = new LinkedHashMap<>();
        script.ask(Map.of("ask", "versions"))
                .entrySet()
                .forEach(entry -> versions.put(entry.getKey(), entry.getValue().getAsString()));
        return versions;
    }

    /**
     * Makes a model with some settings of {@code config}; sb3-contrib has these settings too. For the model's other
     * settings, see bench/peers.py. The new model replaces the model of an earlier call.
     */
    void make(RunConfig config) throws IOException {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("ask", "make");
        request.put("env_id", config.envId());
        request.put("envs", config.get(RolloutSettings.ENVS));
        request.put("batch", config.get(RolloutSettings.BATCH));
        request.put("cg_iterations", config.get(TrustRegionSettings.CG_ITERATIONS));
        request.put("cg_damping", config.get(TrustRegionSettings.CG_DAMPING));
        request.put("delta", config.get(TrustRegionSettings.DELTA));
        request.put("critic_epochs", config.get(CriticSettings.EPOCHS));
        request.put("critic_batch", config.get(CriticSettings.MINIBATCH));
        request.put("critic_lr", config.get(CriticSettings.LEARNING_RATE));
        request.put("hidden", config.get(PolicySettings.HIDDEN).values());
        request.put("critic_hidden", config.get(CriticSettings.HIDDEN).values());
        request.put("init_log_std", config.get(GaussianSettings.INIT_LOG_STD));
        request.put("gamma", config.get(RolloutSettings.GAMMA));
        request.put("lambda", config.get(RolloutSettings.LAMBDA));
        script.ask(request);
    }

    /** Makes a model with the peer's own defaults. It replaces the model of an earlier call. */
    void makeWithDefaults(String envId, int envs, int batch) throws IOException {
        script.ask(Map.of("ask", "make_with_defaults", "env_id", envId, "envs", envs, "batch", batch));
    }

    /** The durations of a training and of its two phases, in seconds, over all iterations. */
    record Training(double seconds, double rolloutSeconds, double updateSeconds) {}

    Training train(int iterations) throws IOException {
        JsonObject answer = script.ask(Map.of("ask", "train", "iterations", iterations));
        return new Training(
                answer.get("seconds").getAsDouble(),
                answer.get("rollout_seconds").getAsDouble(),
                answer.get("update_seconds").getAsDouble());
    }

    /**
     * The duration of an update of policy and critic with a batch, in seconds. The update starts at the initial
     * parameters.
     */
    double update(Path batch) throws IOException {
        return script.ask(Map.of("ask", "update", "batch", batch.toString()))
                .get("seconds")
                .getAsDouble();
    }

    /** Writes a batch in the format that {@link #update} reads. */
    static void write(Path file, SyntheticBatch synthetic) throws IOException {
        Batch batch = synthetic.batch();
        double[][] parts = {
            batch.observations().data, batch.actions().data, batch.advantages(), synthetic.values(), synthetic.returns()
        };
        int length = 0;
        for (double[] part : parts) {
            length += part.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double[] part : parts) {
            bytes.asDoubleBuffer().put(part);
            bytes.position(bytes.position() + part.length * Double.BYTES);
        }
        Files.write(file, bytes.array());
    }

    @Override
    public void close() throws IOException {
        script.close();
    }
}
