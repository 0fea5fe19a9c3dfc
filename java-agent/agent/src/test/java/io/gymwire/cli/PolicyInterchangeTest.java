// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.checkpoint.Safetensors;
import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.distribution.ActionModel;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Activations;
import io.gymwire.record.ConfigFile;
import io.gymwire.rollout.Actor;
import io.gymwire.settings.Settings;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the same checkpoint, Python and Java compute the same outputs and actions. */
class PolicyInterchangeTest {

    private static final int ROWS = 200;
    /** The allowed difference of outputs. The last bits of a sum of products depend on the order of addition. */
    private static final double ROUNDING = 1e-12;

    private static ManagedServer server;

    @TempDir
    private Path directory;

    /** The output of load_policy.py. */
    private record Answer(double[][] outputs, JsonArray actions) {}

    @BeforeAll
    static void startServer() {
        server = ManagedServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "CartPole-v1, 1024, '32,16', all",
        "CartPole-v1, 0, '32,16', all",
        "Pendulum-v1, 1024, 32, all",
        "MountainCarContinuous-v0, 0, 32, all",
        "Pendulum-v1, 1024, none, '0,2'",
        "Acrobot-v1, 1024, 8, '0-3,5'"
    })
    void pythonComputesTheSameOutputsAndActions(String envId, long steps, String hidden, String observe)
            throws IOException {
        Path run = directory.resolve("run");
        Cli.succeed(
                "train",
                envId,
                "--steps",
                "1024",
                "--batch",
                "512",
                "--hidden",
                hidden,
                "--observe",
                observe,
                "--run-dir",
                run.toString(),
                "--server",
                server.address());
        Path checkpoints = run.resolve("checkpoints");
        String stem = String.format("step_%09d", steps);
        Files.writeString(checkpoints.resolve("latest"), stem);
        Learner learner = load(run);
        assertEquals(steps / 512, learner.iterations());

        BoxSpace space = (BoxSpace) observationSpace(envId);
        DMatrixRMaj observations = observations(space.size());
        Answer answer = ask(checkpoints.resolve(stem + ".safetensors"), observations, actionSpace(envId));

        Actor actor = new Actor(learner.policy(), learner.theta(), learner.normalizer(), new RandomStream[ROWS]);
        learner.encoder()
                .encode(
                        NdArray.ofDoubles(DType.FLOAT64, new int[] {ROWS, space.size()}, observations.data),
                        ROWS,
                        actor.raw(),
                        0);
        DMatrixRMaj actions =
                new DMatrixRMaj(ROWS, learner.policy().distribution().actionSize());
        actor.act(0, ROWS, true, actions, 0);
        double[] outputs = outputs(learner, actor.normalized());
        double[] fromPython =
                Arrays.stream(answer.outputs()).flatMapToDouble(Arrays::stream).toArray();
        assertArrayEquals(fromPython, outputs, ROUNDING);
        // The weights of a new policy's last layer are 0. So a policy that was never updated gives the same outputs in
        // every state.
        assertEquals(steps > 0, Arrays.stream(outputs).distinct().count() > ROWS / 2, "whether the outputs vary");
        assertArrayEquals(
                numbers(answer.actions()), ((NdArray) learner.decoder().decode(actions, 0, ROWS)).toDoubles());
    }

    @Test
    void pythonComputesTheSameActionsInABoxWhoseBoundsAreNotSymmetric() throws IOException {
        // The outputs of this policy are its observations.
        Path identity = directory.resolve("identity.safetensors");
        Safetensors.write(
                identity,
                Map.of(
                        "policy.1.weight", new Tensor(new int[] {2, 2}, new double[] {1, 0, 0, 1}),
                        "policy.1.bias", new Tensor(new int[] {2}, new double[2])),
                Map.of());
        BoxSpace space =
                new BoxSpace(DType.FLOAT32, new int[] {2}, new double[] {-1, -0.3f}, new double[] {0.1f, 0.7f});
        Answer answer = ask(identity, observations(2), space);
        NdArray actions = (NdArray)
                ActionModel.of(space, Settings.DEFAULTS).decoder().decode(new DMatrixRMaj(answer.outputs()), 0, ROWS);
        assertArrayEquals(actions.toDoubles(), numbers(answer.actions()));
    }

    private Answer ask(Path checkpoint, DMatrixRMaj observations, Space actions) throws IOException {
        Path question = Files.writeString(directory.resolve("question.json"), question(observations, actions));
        String answer = PythonTools.run(
                PythonTools.script("load_policy.py"), "answer", checkpoint.toString(), question.toString());
        return new Gson().fromJson(answer, Answer.class);
    }

    private static Learner load(Path run) throws IOException {
        RunConfig config = ConfigFile.read(run.resolve("config.json")).config();
        try (RemoteServer connection = server.connect();
                VectorEnv env = connection.make(config.envId(), 1)) {
            Learner learner = new Learner(config, env.singleObservationSpace(), env.singleActionSpace());
            Checkpoint.loadLatest(run.resolve("checkpoints"), learner, damage -> {});
            return learner;
        }
    }

    private static Space observationSpace(String envId) {
        try (RemoteServer connection = server.connect();
                VectorEnv env = connection.make(envId, 1)) {
            return env.singleObservationSpace();
        }
    }

    private static Space actionSpace(String envId) {
        try (RemoteServer connection = server.connect();
                VectorEnv env = connection.make(envId, 1)) {
            return env.singleActionSpace();
        }
    }

    /** Random observations. Every seventh number is usually so large that the normaliser clips it. */
    private static DMatrixRMaj observations(int size) {
        Random random = new Random(5);
        DMatrixRMaj observations = new DMatrixRMaj(ROWS, size);
        for (int i = 0; i < observations.data.length; i++) {
            observations.data[i] = random.nextGaussian() * (i % 7 == 0 ? 100 : 1);
        }
        return observations;
    }

    private static String question(DMatrixRMaj observations, Space actions) {
        int size = observations.numCols;
        Map<String, Object> question = new HashMap<>();
        question.put(
                "observations",
                IntStream.range(0, ROWS)
                        .mapToObj(row -> Arrays.copyOfRange(observations.data, row * size, (row + 1) * size))
                        .toList());
        if (actions instanceof BoxSpace box) {
            question.put("low", box.low());
            question.put("high", box.high());
        } else {
            question.put("n", ((DiscreteSpace) actions).n());
        }
        return new Gson().toJson(question);
    }

    private static double[] outputs(Learner learner, DMatrixRMaj normalized) {
        Activations activations = learner.policy().network().activations(normalized);
        learner.policy().network().forward(learner.theta(), activations, 0, ROWS);
        return activations.output().data.clone();
    }

    /** The numbers of an array, or of an array of arrays. */
    private static double[] numbers(JsonArray json) {
        return StreamSupport.stream(json.spliterator(), false)
                .flatMapToDouble(element -> element.isJsonArray()
                        ? Arrays.stream(numbers(element.getAsJsonArray()))
                        : DoubleStream.of(element.getAsDouble()))
                .toArray();
    }
}
