// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.ActionModel;
import io.gymwire.distribution.GaussianSettings;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.Encoders;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** The tests use environments 0 to 3. Their episodes take 2, 3, 4 and 5 steps. */
final class RolloutCollectorTest {
    private static final int ENVS = 4;
    private static final int STEPS = 13;
    private static final long[] SEEDS = {1000, 1001, 1002, 1003};

    private final ObservationNormalizer normalizer = new ObservationNormalizer(true, true, true);
    private final Rollout rollout = new Rollout(STEPS, ENVS, 3, 1);

    @Test
    void recordsWhatTheEnvironmentsDid() {
        normalizer.update(new DMatrixRMaj(2, 3, true, 0, 0, 0, 4, 4, 4));
        assertTrue(started(new ScriptedVectorEnv(0, ENVS)).collect(rollout, () -> false));
        int[] episode = {1, 1, 1, 1};
        int[] step = new int[ENVS];
        DMatrixRMaj raw = rollout.rawObservations();
        for (int i = 0; i < rollout.size(); i++) {
            int env = i % ENVS;
            assertArrayEquals(new double[] {env, episode[env], step[env]}, row(raw, i), "observation " + i);
            step[env]++;
            double action = Math.max(-1, Math.min(1, rollout.actions().data[i]));
            assertEquals(100 * env + step[env] + action / 1000, rollout.rewards()[i], 1e-12, "reward " + i);
            boolean ended = step[env] == env + 2;
            assertEquals(ended && episode[env] % 3 != 1, rollout.terminated()[i], "terminated " + i);
            assertEquals(ended && episode[env] % 3 != 2, rollout.truncated()[i], "truncated " + i);
            if (ended) {
                episode[env]++;
                step[env] = 0;
            }
        }
        DMatrixRMaj normalized = new DMatrixRMaj(rollout.size(), 3);
        normalizer.normalize(raw, normalized, 0, rollout.size());
        assertArrayEquals(normalized.data, rollout.observations().data);
        for (int env = 0; env < ENVS; env++) {
            assertArrayEquals(normalized(env, episode[env], step[env]), row(rollout.lastObservations(), env));
        }
    }

    @Test
    void keepsTheLastObservationsOfEpisodesThatWereTruncatedAndNotTerminated() {
        normalizer.update(new DMatrixRMaj(2, 3, true, 0, 0, 0, 4, 4, 4));
        started(new ScriptedVectorEnv(0, ENVS)).collect(rollout, () -> false);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < rollout.size(); i++) {
            if (rollout.truncated()[i] && !rollout.terminated()[i]) {
                expected.add(i);
            }
        }
        assertEquals(
                expected, rollout.finals().stream().map(Rollout.Final::index).toList());
        assertTrue(expected.size() >= 5);
        for (Rollout.Final last : rollout.finals()) {
            int env = last.index() % ENVS;
            double episode = rollout.rawObservations().get(last.index(), 1);
            assertArrayEquals(normalized(env, episode, env + 2), last.observation());
        }
    }

    @Test
    void anEpisodeInTwoRolloutsHasItsWholeReturnAndLength() {
        RolloutCollector collector = started(new ScriptedVectorEnv(0, ENVS));
        double[] sums = new double[ENVS];
        List<Rollout.Episode> all = new ArrayList<>();
        for (int iteration = 0; iteration < 3; iteration++) {
            collector.collect(rollout, () -> false);
            List<Rollout.Episode> expected = new ArrayList<>();
            for (int i = 0; i < rollout.size(); i++) {
                int env = i % ENVS;
                sums[env] += rollout.rewards()[i];
                if (rollout.terminated()[i] || rollout.truncated()[i]) {
                    expected.add(new Rollout.Episode(env, i / ENVS, sums[env], env + 2));
                    sums[env] = 0;
                }
            }
            assertEquals(expected, rollout.episodes());
            all.addAll(expected);
        }
        assertEquals(39 / 2 + 39 / 3 + 39 / 4 + 39 / 5, all.size());
    }

    @Test
    void collectsTheSameBitsWithAnyNumberOfSessions() {
        started(new ScriptedVectorEnv(0, ENVS)).collect(rollout, () -> false);
        ScriptedVectorEnv[][] spreads = {
            {new ScriptedVectorEnv(0, 1), new ScriptedVectorEnv(1, 3)},
            {new ScriptedVectorEnv(0, 2), new ScriptedVectorEnv(2, 1), new ScriptedVectorEnv(3, 1)}
        };
        for (ScriptedVectorEnv[] sessions : spreads) {
            Rollout other = new Rollout(STEPS, ENVS, 3, 1);
            started(sessions).collect(other, () -> false);
            assertArrayEquals(rollout.rawObservations().data, other.rawObservations().data);
            assertArrayEquals(rollout.observations().data, other.observations().data);
            assertArrayEquals(rollout.actions().data, other.actions().data);
            assertArrayEquals(rollout.rewards(), other.rewards());
            assertArrayEquals(rollout.terminated(), other.terminated());
            assertArrayEquals(rollout.truncated(), other.truncated());
            assertArrayEquals(rollout.lastObservations().data, other.lastObservations().data);
            assertEquals(rollout.episodes(), other.episodes());
            assertEquals(rollout.finals().size(), other.finals().size());
            for (int i = 0; i < rollout.finals().size(); i++) {
                assertEquals(
                        rollout.finals().get(i).index(), other.finals().get(i).index());
                assertArrayEquals(
                        rollout.finals().get(i).observation(),
                        other.finals().get(i).observation());
            }
        }
    }

    @Test
    void everyObservationOfARolloutHasOnlyTheChosenElements() {
        int[] observed = {0, 2};
        Rollout some = new Rollout(STEPS, ENVS, 2, 1);
        RolloutCollector collector = started(
                observed,
                new ObservationNormalizer(false, false),
                new ScriptedVectorEnv(0, 1),
                new ScriptedVectorEnv(1, 3));
        collector.collect(some, () -> false);
        started(new int[0], new ObservationNormalizer(false, false, false), new ScriptedVectorEnv(0, ENVS))
                .collect(rollout, () -> false);
        assertArrayEquals(columns(rollout.rawObservations().data, observed), some.rawObservations().data);
        assertArrayEquals(columns(rollout.observations().data, observed), some.observations().data);
        assertArrayEquals(columns(rollout.lastObservations().data, observed), some.lastObservations().data);
        assertEquals(rollout.finals().size(), some.finals().size());
        for (int i = 0; i < rollout.finals().size(); i++) {
            assertArrayEquals(
                    columns(rollout.finals().get(i).observation(), observed),
                    some.finals().get(i).observation());
        }
    }

    private static double[] columns(double[] rows, int[] columns) {
        double[] chosen = new double[rows.length / 3 * columns.length];
        Arrays.setAll(chosen, i -> rows[i / columns.length * 3 + columns[i % columns.length]]);
        return chosen;
    }

    @Test
    void twoRolloutsEqualOneRolloutOfTwiceTheLength() {
        RolloutCollector halves = started(new ScriptedVectorEnv(0, ENVS));
        halves.collect(rollout, () -> false);
        double[] first = rollout.actions().data.clone();
        halves.collect(rollout, () -> false);
        Rollout whole = new Rollout(2 * STEPS, ENVS, 3, 1);
        started(new ScriptedVectorEnv(0, ENVS)).collect(whole, () -> false);
        assertArrayEquals(first, Arrays.copyOf(whole.actions().data, first.length));
        assertArrayEquals(
                rollout.actions().data, Arrays.copyOfRange(whole.actions().data, first.length, 2 * first.length));
    }

    @Test
    void stopsWhenAskedAndLeavesNoStepInFlight() {
        ScriptedVectorEnv one = new ScriptedVectorEnv(0, 2);
        ScriptedVectorEnv two = new ScriptedVectorEnv(2, 2);
        int[] asked = {0};
        assertFalse(started(one, two).collect(rollout, () -> ++asked[0] == 3));
        assertEquals(3, asked[0]);
        assertFalse(one.isStepInFlight() || two.isStepInFlight());
    }

    @Test
    void namesTheEnvironmentAndTheStepOfARewardThatIsNotFinite() {
        RolloutCollector collector =
                started(new ScriptedVectorEnv(0, 2), new ScriptedVectorEnv(2, 2).withBadRewardAt(7));
        String message = assertThrows(InvalidOutputException.class, () -> collector.collect(rollout, () -> false))
                .getMessage();
        assertTrue(
                message.contains("environment 3 of Scripted-v0")
                        && message.contains("the reward NaN")
                        && message.contains("step 7"),
                message);
    }

    @Test
    void namesTheElementOfAnObservationThatIsNotFinite() {
        RolloutCollector collector =
                started(new ScriptedVectorEnv(0, 3), new ScriptedVectorEnv(3, 1).withBadObservationAt(4));
        String message = assertThrows(InvalidOutputException.class, () -> collector.collect(rollout, () -> false))
                .getMessage();
        assertTrue(
                message.contains("environment 3 of Scripted-v0")
                        && message.contains("element 2 is Infinity")
                        && message.contains("step 4"),
                message);
        RolloutCollector some = started(
                new int[] {0, 2},
                new ObservationNormalizer(true, true),
                new ScriptedVectorEnv(0, 4).withBadObservationAt(4));
        String same = assertThrows(
                        InvalidOutputException.class, () -> some.collect(new Rollout(STEPS, ENVS, 2, 1), () -> false))
                .getMessage();
        assertTrue(same.contains("element 2 is Infinity"), same);
    }

    private RolloutCollector started(ScriptedVectorEnv... sessions) {
        return started(new int[0], normalizer, sessions);
    }

    private static RolloutCollector started(
            int[] observed, ObservationNormalizer normalizer, ScriptedVectorEnv... sessions) {
        Encoder encoder = Encoders.of(ScriptedVectorEnv.OBSERVATIONS, observed);
        ActionModel actions =
                ActionModel.of(ScriptedVectorEnv.ACTIONS, Settings.DEFAULTS.with(GaussianSettings.INIT_LOG_STD, 0.0));
        Policy policy = new Policy(new Mlp(encoder.size(), 8, 1), actions.distribution());
        double[] theta = new double[policy.parameterCount()];
        policy.initialize(new RandomStream(1, RandomStream.Role.POLICY_INIT, 0), theta);
        RandomStream[] random = new RandomStream[ENVS];
        Arrays.setAll(random, env -> new RandomStream(1, RandomStream.Role.ACTION, env));
        RolloutCollector collector = new RolloutCollector(
                List.of(sessions), encoder, actions.decoder(), new Actor(policy, theta, normalizer, random));
        collector.reset(SEEDS);
        return collector;
    }

    private double[] normalized(double... observation) {
        DMatrixRMaj out = new DMatrixRMaj(1, 3);
        normalizer.normalize(new DMatrixRMaj(1, 3, true, observation), out, 0, 1);
        return out.data;
    }

    private static double[] row(DMatrixRMaj matrix, int row) {
        return Arrays.copyOfRange(matrix.data, row * matrix.numCols, (row + 1) * matrix.numCols);
    }
}
