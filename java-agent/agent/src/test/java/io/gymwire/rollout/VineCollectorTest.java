// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.ActionModel;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.net.Mlp;
import io.gymwire.observe.Encoder;
import io.gymwire.observe.Encoders;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.ActionMask;
import io.gymwire.policy.Policy;
import io.gymwire.policy.ValueFunction;
import io.gymwire.settings.MaskSource;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests vine sampling on a Markov decision process with known values. */
final class VineCollectorTest {

    private static final double GAMMA = 0.9;
    private static final int ENVS = 4;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final Settings settings = Settings.DEFAULTS.with(RolloutSettings.GAMMA, GAMMA);
    private boolean indifferent;
    private boolean masked;
    private int limit = NO_LIMIT;

    /** A policy, a critic, and the collectors of trunk and branches, on sessions of {@code sizes} environments. */
    private final class Fixture {
        final List<TabularEnv> sessions;
        final ActorCritic learner;
        final RolloutCollector trunk;
        final VineCollector vine;
        final VinePlan plan;
        final Rollout rollout;

        Fixture(VinePlan plan, int... sizes) {
            this.plan = plan;
            this.sessions = Arrays.stream(sizes)
                    .mapToObj(size -> new TabularEnv(size, indifferent, masked, limit))
                    .toList();
            Encoder encoder = Encoders.of(TabularEnv.OBSERVATIONS, MaskSource.NONE, new int[0]);
            ActionModel model = ActionModel.of(TabularEnv.ACTION_SPACE, settings);
            ActionMask mask = masked ? ActionMask.of(new int[] {3}, 3, 3) : ActionMask.NONE;
            Policy policy = new Policy(Mlp.withHidden(6, new int[0], 3), model.distribution(), mask);
            double[] theta = new double[policy.parameterCount()];
            RandomStream random = new RandomStream(5, Role.POLICY_INIT, 0);
            Arrays.setAll(theta, i -> 0.4 * random.gaussian(i));
            ValueFunction critic = new ValueFunction(
                    Mlp.withHidden(6, new int[0], 1), settings, new RandomStream(6, Role.VALUE_INIT, 0));
            this.learner = new ActorCritic(policy, theta, critic, new ObservationNormalizer(new boolean[6]));
            RandomStream[] streams = new RandomStream[ENVS];
            Arrays.setAll(streams, env -> new RandomStream(7, Role.ACTION, env));
            this.trunk = new RolloutCollector(
                    sessions, encoder, model.decoder(), new Actor(policy, theta, learner.normalizer(), streams));
            this.vine = new VineCollector(
                    trunk, sessions, plan, new VineCollector.Parts(learner, encoder, model.decoder(), 8), settings);
            this.rollout = new Rollout(plan.trunk(), ENVS, 6, 1);
            trunk.reset(new long[] {100, 101, 102, 103});
        }

        Branches collect(int iteration) {
            assertTrue(vine.collect(rollout, iteration, () -> false));
            return vine.branches(learner, rollout);
        }

        int state(Branches branches, int n) {
            for (int s = 0; s < 3; s++) {
                if (rollout.observations().get(branches.row(n), s) == 1) {
                    return s;
                }
            }
            throw new AssertionError("no state");
        }

        /** The value of a branch without its first reward. */
        double rest(Branches branches, int n, int k) {
            return branches.values(k)[n] - TabularEnv.reward(state(branches, n), action(branches, n, k));
        }

        long simulated() {
            return sessions.stream().mapToLong(TabularEnv::simulated).sum();
        }

        /** pi(a|s). */
        double probability(int state, int action) {
            double[] logits = new double[3];
            for (int a = 0; a < 3; a++) {
                logits[a] = logit(state, a);
            }
            double sum = 0;
            for (int a = 0; a < 3; a++) {
                sum += masked && a == state ? 0 : Math.exp(logits[a]);
            }
            return masked && action == state ? 0 : Math.exp(logits[action]) / sum;
        }

        private double logit(int state, int action) {
            DMatrixRMaj observation = new DMatrixRMaj(1, 6);
            observation.data = observation(state);
            var activations = learner.policy().network().activations(observation);
            learner.policy().network().forward(learner.theta(), activations, 0, 1);
            return activations.output().get(0, action);
        }

        double value(int state) {
            double[] value = new double[1];
            DMatrixRMaj observation = new DMatrixRMaj(1, 6);
            observation.data = observation(state);
            learner.critic().predict(observation, value);
            return value[0];
        }

        private double[] observation(int state) {
            double[] observation = {0, 0, 0, 1, 1, 1};
            observation[state] = 1;
            observation[3 + state] = masked ? 0 : 1;
            return observation;
        }

        /** The exact Q [s][a]: expected discounted rewards of H steps, then the critic's value (Bellman equation). */
        double[][] exactValues() {
            double[] next = new double[3];
            Arrays.setAll(next, this::value);
            double[][] values = new double[3][3];
            for (int h = 0; h < plan.shape().horizon(); h++) {
                for (int s = 0; s < 3; s++) {
                    for (int a = 0; a < 3; a++) {
                        values[s][a] = TabularEnv.reward(s, a);
                        for (int to = 0; to < 3; to++) {
                            values[s][a] += GAMMA * (1 - TabularEnv.END) * TabularEnv.probability(s, a, to) * next[to];
                        }
                    }
                }
                for (int s = 0; s < 3; s++) {
                    next[s] = 0;
                    for (int a = 0; a < 3; a++) {
                        next[s] += probability(s, a) * values[s][a];
                    }
                }
            }
            return values;
        }
    }

    /** The mean of many estimates is within four standard errors of the exact value. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesAreUnbiased(boolean all) {
        Fixture fixture = new Fixture(plan(16, new Branches.Shape(8, all ? 3 : 4, all, 6)), 3, 1);
        double[][] exact = fixture.exactValues();
        double[][] sums = new double[3][3];
        double[][] squares = new double[3][3];
        int[][] counts = new int[3][3];
        for (int iteration = 0; iteration < 2500; iteration++) {
            Branches branches = fixture.collect(iteration);
            for (int n = 0; n < 8; n++) {
                // The branches of a state share random numbers, so their errors are not independent. The standard error
                // needs independent errors, so the test uses only one branch of each state.
                int k = iteration % branches.shape().actions();
                int state = fixture.state(branches, n);
                int action = action(branches, n, k);
                double error = branches.values(k)[n] - exact[state][action];
                sums[state][action] += error;
                squares[state][action] += error * error;
                counts[state][action]++;
            }
        }
        for (int s = 0; s < 3; s++) {
            for (int a = 0; a < 3; a++) {
                int count = counts[s][a];
                assertTrue(count > 100, s + " " + a + ": " + count);
                double mean = sums[s][a] / count;
                double bound = 4 * Math.sqrt(squares[s][a] / count / count);
                assertTrue(Math.abs(mean) < bound, s + " " + a + ": " + mean + " against " + bound);
                assertTrue(bound < 0.6, s + " " + a + ": the bound " + bound + " is too wide");
            }
        }
    }

    @Test
    void drawnActionsHaveTheProbabilitiesOfThePolicy() {
        Fixture fixture = new Fixture(plan(4, new Branches.Shape(4, 8, false, 1)), 4);
        int[][] counts = new int[3][3];
        for (int iteration = 0; iteration < 500; iteration++) {
            Branches branches = fixture.collect(iteration);
            for (int n = 0; n < 4; n++) {
                for (int k = 0; k < 8; k++) {
                    counts[fixture.state(branches, n)][action(branches, n, k)]++;
                }
            }
        }
        for (int s = 0; s < 3; s++) {
            int count = Arrays.stream(counts[s]).sum();
            for (int a = 0; a < 3; a++) {
                double p = fixture.probability(s, a);
                assertEquals(p, (double) counts[s][a] / count, 4 * Math.sqrt(p * (1 - p) / count), s + " " + a);
            }
        }
    }

    /** If an action changes only the reward of its step, the branches of a state differ only in the first reward. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void branchesOfAStateHaveCommonRandomNumbers(boolean all) {
        indifferent = true;
        Branches.Shape shape = new Branches.Shape(7, all ? 3 : 4, all, 9);
        Fixture fixture = new Fixture(plan(10, shape), 2, 2);
        double[] before = new double[7];
        for (int iteration = 0; iteration < 3; iteration++) {
            Branches branches = fixture.collect(iteration);
            double[] rests = new double[7];
            for (int n = 0; n < 7; n++) {
                rests[n] = fixture.rest(branches, n, 0);
                for (int k = 1; k < shape.actions(); k++) {
                    assertEquals(rests[n], fixture.rest(branches, n, k), 1e-12);
                }
            }

            assertTrue(Arrays.stream(rests).distinct().count() >= 3, "the states have the same random numbers");
            assertFalse(Arrays.equals(before, rests), "two iterations have the same random numbers");
            before = rests;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNumberOfSessionsChangesNothing(boolean all) {
        limit = 5;
        Branches.Shape shape = new Branches.Shape(7, all ? 3 : 5, all, 8);
        Fixture together = new Fixture(plan(12, shape), 4);
        Fixture apart = new Fixture(plan(12, shape), 1, 2, 1);
        for (int iteration = 0; iteration < 3; iteration++) {
            Branches one = together.collect(iteration);
            Branches other = apart.collect(iteration);
            assertArrayEquals(together.rollout.observations().data, apart.rollout.observations().data);
            for (int k = 0; k < shape.actions(); k++) {
                assertArrayEquals(one.actions(k).data, other.actions(k).data);
                assertArrayEquals(one.values(k), other.values(k));
            }
            assertArrayEquals(together.rollout.rewards(), apart.rollout.rewards());
        }
    }

    /** The environments continue where the trunk ended, and the actor draws the same numbers as without branches. */
    @Test
    void theTrunkIsTheSameAsWithoutBranches() {
        limit = 7;
        Fixture with = new Fixture(plan(12, new Branches.Shape(9, 3, true, 8)), 2, 2);
        Fixture without = new Fixture(plan(12, new Branches.Shape(9, 3, true, 8)), 2, 2);
        for (int iteration = 0; iteration < 4; iteration++) {
            with.collect(iteration);
            assertTrue(without.trunk.collect(without.rollout, () -> false));
            assertArrayEquals(without.rollout.rewards(), with.rollout.rewards());
            assertArrayEquals(without.rollout.actions().data, with.rollout.actions().data);
            assertArrayEquals(without.rollout.rawLastObservations().data, with.rollout.rawLastObservations().data);
            assertEquals(without.rollout.episodes(), with.rollout.episodes());
            assertEquals(without.rollout.finals().size(), with.rollout.finals().size());
        }
        assertFalse(with.rollout.episodes().isEmpty());
        assertFalse(with.rollout.finals().isEmpty());
    }

    @Test
    void exactlyTheStepsOfTheBatchAreSimulated() {
        Fixture fixture = new Fixture(plan(12, new Branches.Shape(9, 3, true, 8)), 3, 1);
        for (int iteration = 1; iteration <= 3; iteration++) {
            fixture.collect(iteration);
            // Each environment takes 12 steps of the trunk, and 8 steps in each of 7 rounds: 27 branches do not fit
            // into 6 rounds of 4 environments.
            assertEquals(iteration * (12 + 7 * 8) * ENVS, fixture.simulated());
        }
    }

    /**
     * The value of a branch of one step is its reward plus the discounted value that the critic gives to the next
     * state, also after truncation. If the next state is terminal, the value is only the reward.
     */
    @Test
    void theValueOfABranchOfOneStepIsItsRewardPlusTheDiscountedNextValue() {
        limit = 3;
        Fixture fixture = new Fixture(plan(6, new Branches.Shape(11, 3, true, 1)), 4);
        int terminals = 0;
        for (int iteration = 0; iteration < 20; iteration++) {
            Branches branches = fixture.collect(iteration);
            for (int n = 0; n < 11; n++) {
                for (int k = 0; k < 3; k++) {
                    double rest = fixture.rest(branches, n, k);
                    boolean terminal = Math.abs(rest) < 1e-12;
                    terminals += terminal ? 1 : 0;
                    boolean continues = false;
                    for (int next = 0; next < 3; next++) {
                        continues |= Math.abs(rest - GAMMA * fixture.value(next)) < 1e-12;
                    }
                    assertTrue(terminal || continues, "rest " + rest);
                }
            }
        }
        // About a quarter of the branches are truncated. Truncated branches must not count as terminal.
        assertEquals(TabularEnv.END, terminals / (20.0 * 33), 0.05);
    }

    @Test
    void aForbiddenActionIsNotSentToTheEnvironment() {
        masked = true;
        Fixture fixture = new Fixture(plan(10, new Branches.Shape(8, 3, true, 5)), 4);
        for (int iteration = 0; iteration < 20; iteration++) {
            // The environment throws an error if it gets a forbidden action.
            Branches branches = fixture.collect(iteration);
            for (int k = 0; k < 3; k++) {
                for (int n = 0; n < 8; n++) {
                    assertEquals(k, action(branches, n, k));
                    assertTrue(Double.isFinite(branches.values(k)[n]));
                }
            }
        }
        assertEquals(0, fixture.probability(1, 1));
    }

    @Test
    void aStopEndsTrunkAndBranches() {
        Fixture fixture = new Fixture(plan(10, new Branches.Shape(8, 3, true, 5)), 4);
        for (int asked : new int[] {3, 25}) {
            AtomicInteger count = new AtomicInteger();
            assertFalse(fixture.vine.collect(fixture.rollout, 0, () -> count.incrementAndGet() >= asked));
            assertNotEquals(0, count.get());
        }
    }

    private static int action(Branches branches, int n, int k) {
        return (int) branches.actions(k).get(branches.row(n), 0);
    }

    /** A plan with {@code trunk} steps of the trunk in each environment. */
    private static VinePlan plan(int trunk, Branches.Shape shape) {
        int rounds = (shape.states() * shape.actions() + ENVS - 1) / ENVS;
        return new VinePlan(ENVS, trunk + rounds * shape.horizon(), shape);
    }
}
