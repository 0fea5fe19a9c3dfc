// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.VideoEncoder;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.settings.Settings;
import io.gymwire.testing.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records videos of untrained policies. */
@Timeout(120)
class EpisodeVideoTest {
    private static final long SEED = 12;
    private static final int STEPS = 6;

    private static ManagedServer process;
    private static RemoteServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        process = ManagedServer.start();
        server = process.connect();
    }

    @AfterAll
    static void stop() {
        server.close();
        process.close();
    }

    @ParameterizedTest
    @CsvSource({"CartPole-v1, 50, 600, 400", "HalfCheetah-v5, 20, 480, 480"})
    void showsEachStepOfTheEpisodeThatIsEvaluated(String id, double rate, int width, int height) throws IOException {
        MakeOptions options = MakeOptions.of(id).withMaxEpisodeSteps(STEPS);
        Path file = directory.resolve("episode.mp4");
        try (VectorEnv env = make(options)) {
            Learner learner = learner(env);
            Evaluator.Episode filmed = EpisodeVideo.record(learner, env, false, SEED, to(file));
            assertEquals(
                    Evaluator.evaluate(learner, n -> server.make(options.withNumEnvs(n)), 1, false, SEED)
                            .get(0),
                    filmed);
            assertEquals(STEPS, filmed.length());
        }
        Video video = Video.read(file);
        assertEquals("h264", video.codec);
        assertEquals(rate, video.rate);
        assertEquals(width, video.width);
        assertEquals(height, video.height);
        assertEquals(STEPS + 1, video.colours.length, "a picture after the reset and one after each step");
        for (double channel : video.colours[0]) {
            assertTrue(channel > 20 && channel < 253, "the picture shows nothing: the mean of a channel is " + channel);
        }
    }

    @Test
    void theErrorNamesTheRenderModeIfAnEnvironmentDrawsNoPictures() throws IOException {
        Path file = directory.resolve("episode.mp4");
        try (VectorEnv env = server.make(MakeOptions.of("CartPole-v1").withAutoresetMode(AutoresetMode.DISABLED))) {
            EnvironmentException e = assertThrows(
                    EnvironmentException.class, () -> EpisodeVideo.record(learner(env), env, true, SEED, to(file)));
            assertTrue(e.getMessage().contains("render_mode"), e.getMessage());
        }
        try (VectorEnv env = server.make(MakeOptions.of("FrozenLake-v1")
                .withAutoresetMode(AutoresetMode.DISABLED)
                .withRenderMode("ansi"))) {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class, () -> EpisodeVideo.record(learner(env), env, true, SEED, to(file)));
            assertTrue(e.getMessage().contains("rgb_array"), e.getMessage());
        }
        assertFalse(Files.exists(file));
    }

    /** Makes an environment that draws pictures. Skips the test if MuJoCo finds no OpenGL. */
    private static VectorEnv make(MakeOptions options) {
        try {
            return server.make(options.withAutoresetMode(AutoresetMode.DISABLED).withRenderMode("rgb_array"));
        } catch (EnvironmentException e) {
            Assumptions.assumeFalse(
                    e.code() == ErrorCode.FAILED_PRECONDITION && e.getMessage().contains("OpenGL"), e.getMessage());
            throw e;
        }
    }

    private static Learner learner(VectorEnv env) {
        Settings settings = Settings.DEFAULTS
                .with(RunSettings.WORKERS, 1)
                .withText(PolicySettings.HIDDEN, "8")
                .withText(CriticSettings.HIDDEN, "8");
        RunConfig config = new RunConfig(env.envId(), settings);
        return new Learner(config, env.singleObservationSpace(), env.singleActionSpace());
    }

    private static VideoEncoder.Target to(Path file) {
        return new VideoEncoder.Target(file, Optional.empty());
    }
}
