// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.space.NdArray;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A single seed s gives environment i the seed s + i. Seeds have up to 128 bits. The server reports drawn seeds on
 * request.
 */
@Timeout(120)
class SeedsTest {
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
    void aSingleSeedGivesConsecutiveSeedsToTheEnvironments() {
        try (VectorEnv env = server.make("HalfCheetah-v5", 8)) {
            NdArray together = env.reset(42).observations();
            assertEquals(together, env.reset(42, 43, 44, 45, 46, 47, 48, 49).observations());
            assertEquals(
                    together,
                    env.reset(new long[] {42, 43, 44, 45, 46, 47, 48, 49}).observations());
            assertEquals(together, env.reset(ResetOptions.seeded(42)).observations());
            assertNotEquals(together, env.reset(43).observations());
            for (int i = 0; i < 8; i++) {
                try (Env one = server.makeEnv("HalfCheetah-v5")) {
                    assertEquals(one.reset(42 + i).observation(), together.row(i));
                }
            }
        }
    }

    @Test
    void seedsForAnotherNumberOfEnvironmentsAreRefused() {
        try (VectorEnv env = server.make("CartPole-v1", 3)) {
            for (long[] seeds : new long[][] {{1}, {1, 2}, {1, 2, 3, 4}}) {
                IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> env.reset(seeds));
                assertEquals(
                        "CartPole-v1: " + seeds.length + " seeds for 3 environments; give one seed for each "
                                + "environment, or one number s for the seeds s, s + 1, ...",
                        e.getMessage());
            }
            env.reset(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775806",
                "9223372036854775808",
                "18446744073709551615",
                "340282366920938463463374607431768211453"
            })
    void aSingleBigSeedGivesConsecutiveSeedsToo(String digits) {
        BigInteger seed = new BigInteger(digits);
        List<Optional<BigInteger>> each = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            each.add(Optional.of(seed.add(BigInteger.valueOf(i))));
        }
        try (VectorEnv env =
                server.make(MakeOptions.of("CartPole-v1").withNumEnvs(3).withResetSeeds(true))) {
            VectorReset together = env.reset(seed);
            assertEquals(each, together.seeds());
            assertEquals(
                    together.observations(),
                    env.reset(ResetOptions.none().withSeeds(Seeds.each(each))).observations());
            try (Env one = server.makeEnv("CartPole-v1")) {
                EnvReset last = one.reset(each.get(2).orElseThrow());
                assertEquals(together.observations().row(2), last.observation());
                assertEquals(each.get(2), last.seed());
            }
        }
    }

    @Test
    void drawnSeedsReproduceTheEpisodes() {
        MakeOptions options = MakeOptions.of("HalfCheetah-v5").withNumEnvs(3).withResetSeeds(true);
        try (VectorEnv env = server.make(options);
                VectorEnv again = server.make(options)) {
            VectorReset first = env.reset();
            assertEquals(3, new HashSet<>(first.seeds()).size());
            VectorReset second = again.reset(ResetOptions.none().withSeeds(Seeds.each(first.seeds())));
            assertEquals(first.observations(), second.observations());
            assertEquals(first.seeds(), second.seeds());
            NdArray actions = env.sampleActions(new Random(1));
            assertEquals(env.step(actions).observations(), again.step(actions).observations());
            assertEquals(
                    first.seeds(),
                    env.reset().seeds(),
                    "after a reset without seeds, the server reports the same seeds");
        }
        try (VectorEnv env = server.make("CartPole-v1", 2)) {
            assertEquals(List.of(), env.reset(1).seeds(), "no seeds were requested");
        }
    }

    @Test
    void anEnvironmentWithoutASeedKeepsItsRandomGenerator() {
        try (VectorEnv env = server.make("CartPole-v1", 2)) {
            NdArray start = env.reset(3).observations();
            List<Optional<BigInteger>> first = List.of(Optional.of(BigInteger.valueOf(3)), Optional.empty());
            NdArray mixed =
                    env.reset(ResetOptions.none().withSeeds(Seeds.each(first))).observations();
            assertEquals(start.row(0), mixed.row(0));
            assertNotEquals(start.row(1), mixed.row(1));
        }
    }

    @Test
    void numbersOutsideTheRangeOfSeedsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Seeds.from(-1));
        assertThrows(IllegalArgumentException.class, () -> Seeds.each(0, -1));
        assertThrows(IllegalArgumentException.class, () -> Seeds.from(Seeds.MAX.add(BigInteger.ONE)));
        Seeds last = Seeds.from(Seeds.MAX);
        assertEquals(List.of(Optional.of(Seeds.MAX)), last.of(1));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> last.of(2));
        assertTrue(
                e.getMessage().contains("the seed 340282366920938463463374607431768211456 is not from 0 to"),
                e.getMessage());
    }
}
