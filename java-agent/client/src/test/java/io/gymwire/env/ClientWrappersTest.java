// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.RemoteSnapshot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the client's wrappers with Pendulum-v1. No episode reaches the environment's own limit of 200 steps. */
@Timeout(60)
class ClientWrappersTest {
    private static final double[] PUSH = {0.5};

    private static ManagedServer process;
    private static RemoteServer server;

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

    @Test
    void aTimeLimitOf3StepsTruncatesEachEpisodeAtStep3() {
        try (Env env = new TimeLimit(server.makeEnv("Pendulum-v1"), 3)) {
            assertEquals(3, env.spec().maxEpisodeSteps().orElseThrow());
            for (int episode = 0; episode < 2; episode++) {
                env.reset(episode);
                for (int t = 1; t <= 3; t++) {
                    EnvStep step = env.step(PUSH);
                    assertFalse(step.terminated());
                    assertEquals(t == 3, step.truncated(), "step " + t);
                    assertEquals(t == 3, step.ended());
                }
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new TimeLimit(null, 0));
    }

    @Test
    void theStatisticsOfAnEpisodeAreInTheInfoOfItsLastStep() {
        try (Env env = new RecordEpisodeStatistics(new TimeLimit(server.makeEnv("Pendulum-v1"), 4))) {
            for (int episode = 0; episode < 2; episode++) {
                env.reset();
                double sum = 0.0;
                EnvStep step = null;
                for (int t = 1; t <= 4; t++) {
                    step = env.step(PUSH);
                    sum += step.reward();
                    assertEquals(t == 4, step.info().containsKey("episode"));
                }
                Map<?, ?> statistics = (Map<?, ?>) step.info().get("episode");
                assertEquals(sum, statistics.get("r"));
                assertEquals(4L, statistics.get("l"));
                double seconds = (Double) statistics.get("t");
                assertTrue(seconds > 0.0 && seconds < 60.0, seconds + " s");
            }
        }
    }

    @Test
    void aSnapshotContainsTheStateOfTheWrappersToo() {
        try (Env env = new RecordEpisodeStatistics(new TimeLimit(server.makeEnv("Pendulum-v1"), 5));
                Env other = new RecordEpisodeStatistics(new TimeLimit(server.makeEnv("Pendulum-v1"), 5))) {
            env.reset(3);
            env.step(PUSH);
            env.step(PUSH);
            Snapshot snapshot = RemoteSnapshot.fromBytes(env.snapshot().toBytes());
            other.reset(4);
            other.restore(snapshot);
            for (int t = 3; t <= 5; t++) {
                EnvStep expected = env.step(PUSH);
                EnvStep actual = other.step(PUSH);
                assertEquals(expected.observation(), actual.observation());
                assertEquals(expected.reward(), actual.reward());
                assertEquals(t == 5, actual.truncated());
                if (t == 5) {
                    for (String key : List.of("r", "l")) {
                        assertEquals(
                                ((Map<?, ?>) expected.info().get("episode")).get(key),
                                ((Map<?, ?>) actual.info().get("episode")).get(key));
                    }
                }
            }
        }
    }

    @Test
    void aSnapshotTakenWithoutTheWrapperIsRefused() {
        try (Env bare = server.makeEnv("Pendulum-v1");
                Env limited = new TimeLimit(server.makeEnv("Pendulum-v1"), 5)) {
            bare.reset(1);
            limited.reset(1);
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> limited.restore(bare.snapshot()));
            assertTrue(e.getMessage().contains("without TimeLimit as the outermost wrapper"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> RemoteSnapshot.fromBytes(new byte[] {1, 2, 3}));
    }
}
