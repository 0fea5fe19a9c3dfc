// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.ActionModel;
import io.gymwire.distribution.GaussianSettings;
import io.gymwire.env.Snapshot;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.Encoders;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListedRolloutTest {
    private static final BoxSpace BOX =
            new BoxSpace(DType.FLOAT64, new int[] {2}, new double[] {-9, -9}, new double[] {9, 9});
    private static final DiscreteSpace DISCRETE = new DiscreteSpace(4, 10, DType.INT64);

    @Test
    void discreteObservationsBecomeOneHotRowsAfterResetsAndStepsAndTruncations() {
        ListedVectorEnv one = new ListedVectorEnv(DISCRETE, 1, longs(12), longs(10), longs(13));
        ListedVectorEnv three = new ListedVectorEnv(
                        DISCRETE, 3, longs(10, 11, 13), longs(13, 13, 10), longs(11, 10, 12))
                .truncatedAt(longs(11));
        Rollout rollout = new Rollout(2, 4, 4, 1);
        RolloutCollector collector = collector(DISCRETE, one, three);
        collector.reset(new long[4]);

        assertTrue(collector.collect(rollout, () -> false));

        assertArrayEquals(oneHot(2, 0, 1, 3, 0, 3, 3, 0), rollout.rawObservations().data);
        assertArrayEquals(oneHot(2, 0, 1, 3, 0, 3, 3, 0), rollout.observations().data);
        assertArrayEquals(oneHot(3, 1, 0, 2), rollout.rawLastObservations().data);
        assertEquals(
                List.of(3, 7),
                rollout.finals().stream().map(Rollout.Final::index).toList());
        assertArrayEquals(oneHot(1), rollout.finals().get(0).raw());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void theErrorNamesANonFiniteElementInTheObservationOfAReset(double bad) {
        RolloutCollector collector = collector(
                BOX, new ListedVectorEnv(BOX, 1, doubles(1, 2)), new ListedVectorEnv(BOX, 2, doubles(3, 4, 5, bad)));
        assertNamed(
                assertThrows(InvalidOutputException.class, () -> collector.reset(new long[3])),
                "environment 2",
                "element 1 is " + bad,
                "step 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void theErrorNamesANonFiniteElementInARestoredObservation(double bad) {
        RolloutCollector collector = collector(
                BOX, new ListedVectorEnv(BOX, 1, doubles(1, 2)), new ListedVectorEnv(BOX, 2, doubles(bad, 4, 5, 6)));
        EnvironmentStates states = new EnvironmentStates(new Snapshot[3], new double[3], new long[3]);
        assertNamed(
                assertThrows(InvalidOutputException.class, () -> collector.restore(states)),
                "environment 1",
                "element 0 is " + bad);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void theErrorNamesANonFiniteElementInTheLastObservationOfATruncatedEpisode(double bad) {
        RolloutCollector collector = collector(
                BOX,
                new ListedVectorEnv(BOX, 3, doubles(1, 2, 3, 4, 5, 6), doubles(1, 2, 3, 4, 5, 6))
                        .truncatedAt(doubles(7, bad)));
        collector.reset(new long[3]);
        Rollout rollout = new Rollout(1, 3, 2, 1);
        assertNamed(
                assertThrows(InvalidOutputException.class, () -> collector.collect(rollout, () -> false)),
                "environment 2",
                "element 1 is " + bad,
                "step 1");
    }

    private static void assertNamed(InvalidOutputException thrown, String... parts) {
        for (String part : parts) {
            assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
        }
        assertTrue(thrown.getMessage().contains("Listed-v0"), thrown.getMessage());
    }

    private static RolloutCollector collector(Space space, ListedVectorEnv... sessions) {
        Encoder encoder = Encoders.of(space);
        ActionModel actions =
                ActionModel.of(ScriptedVectorEnv.ACTIONS, Settings.DEFAULTS.with(GaussianSettings.INIT_LOG_STD, 0.0));
        Policy policy = new Policy(new Mlp(encoder.size(), 1), actions.distribution());
        RandomStream[] random = new RandomStream
                [Arrays.stream(sessions).mapToInt(ListedVectorEnv::numEnvs).sum()];
        Arrays.setAll(random, env -> new RandomStream(1, RandomStream.Role.ACTION, env));
        ObservationNormalizer normalizer = ObservationNormalizer.of(encoder);
        return new RolloutCollector(
                List.of(sessions),
                encoder,
                actions.decoder(),
                new Actor(policy, new double[policy.parameterCount()], normalizer, random));
    }

    private static NdArray longs(long... values) {
        return NdArray.ofLongs(DType.INT64, new int[] {values.length}, values);
    }

    private static NdArray doubles(double... values) {
        return NdArray.ofDoubles(DType.FLOAT64, new int[] {values.length / 2, 2}, values);
    }

    private static double[] oneHot(int... choices) {
        DMatrixRMaj rows = new DMatrixRMaj(choices.length, 4);
        for (int row = 0; row < choices.length; row++) {
            rows.set(row, choices[row], 1);
        }
        return rows.data;
    }
}
