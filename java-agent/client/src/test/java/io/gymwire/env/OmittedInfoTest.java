// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.PythonTools;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An answer lists the infos that cannot be sent, and contains everything else. */
@Timeout(120)
class OmittedInfoTest {
    private static final Path ODD_ENVS = PythonTools.home().resolve("python-env-server/tests/odd_envs.py");
    private static final NdArray ACTIONS = NdArray.ofLongs(DType.INT64, new int[] {2}, 0, 1);

    private static ManagedServer process;
    private static RemoteServer server;

    @BeforeAll
    static void start() {
        process = ManagedServer.start(
                List.of("--import", "odd_envs"),
                Map.of("PYTHONPATH", ODD_ENVS.getParent().toString()));
        server = process.connect();
    }

    @AfterAll
    static void stop() {
        server.close();
        process.close();
    }

    private static MakeOptions strange(String when) {
        return MakeOptions.of("Odd/Strange-v0").withNumEnvs(2).withKwargs(Map.of("when", when, "only", "enum"));
    }

    private static void assertListed(List<OmittedInfo> infos) {
        assertEquals(List.of("enum"), infos.stream().map(OmittedInfo::key).toList());
        assertEquals(0, infos.get(0).env());
        assertEquals(
                "a value of type Colour cannot be sent: <Colour.RED: 1>",
                infos.get(0).reason());
    }

    @ParameterizedTest
    @EnumSource(Vectorization.class)
    void answersOfAVectorEnvLackOnlyTheListedInfos(Vectorization place) {
        try (VectorEnv env = server.make(strange("end").withVectorization(place))) {
            assertEquals(List.of(), env.reset().omittedInfos());
            for (int count = 1; count < 3; count++) {
                VectorStep step = env.step(ACTIONS);
                assertEquals(List.of(), step.omittedInfos());
                assertEquals(count, step.observations().getLong(1));
            }
            VectorStep last = env.step(ACTIONS);
            assertListed(last.omittedInfos());
            assertTrue(last.terminated(0) && last.terminated(1));
            assertEquals(3.0, last.reward(1));
            assertEquals(3L, last.finalInfo(1).get("level"));
            assertFalse(last.finalInfo(1).containsKey("enum"));
            assertEquals(1, env.step(ACTIONS).observations().getLong(0));
        }
        try (VectorEnv env = server.make(strange("reset").withVectorization(place))) {
            VectorReset reset = env.reset();
            assertListed(reset.omittedInfos());
            assertTrue(reset.infos().containsKey("level"));
        }
    }

    @Test
    void answersOfAnEnvLackOnlyTheListedInfos() {
        try (Env env = new RecordEpisodeStatistics(
                new TimeLimit(server.makeEnv(strange("step").withNumEnvs(1)), 1))) {
            assertEquals(List.of(), env.reset().omittedInfos());
            EnvStep step = env.step(0);
            assertListed(step.omittedInfos());
            assertTrue(step.truncated());
            assertEquals(3L, step.info().get("level"));
            assertTrue(step.info().containsKey("episode"));
        }
    }

    @Test
    void infosThatWereNotRequestedAreNotListed() {
        try (VectorEnv env = server.make(strange("step").withInfos(InfoSelection.keys("count")))) {
            env.reset();
            VectorStep step = env.step(ACTIONS);
            assertEquals(List.of(), step.omittedInfos());
            assertTrue(step.infos().containsKey("count"));
        }
    }
}
