// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update;

import static io.gymwire.testing.Tolerances.DERIVATIVE;
import static io.gymwire.testing.Tolerances.DIFFERENCE_STEP;
import static io.gymwire.testing.Tolerances.DISTRIBUTION;
import static io.gymwire.testing.Tolerances.FINITE_DIFFERENCE;
import static io.gymwire.testing.Tolerances.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.distribution.ActionModel;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.net.Mlp;
import io.gymwire.policy.ActionMask;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.GivenBranches;
import io.gymwire.settings.Settings;
import io.gymwire.update.natural.NpgUpdate;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.natural.UpdateReport;
import io.gymwire.update.natural.Updates;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the surrogate of vine sampling with its definition in the paper on TRPO (arXiv:1502.05477). */
final class BranchesSurrogateTest {

    private static final int WIDTH = 5; // the length of an observation; its last three elements can be an action mask
    private static final int TRUNK = 350; // the number of the trunk's states: enough for two chunks of RowChunks
    private static final double ENTROPY = 0.03;

    /** The kinds of action spaces and branches. */
    private enum Case {
        ALL_ACTIONS(new DiscreteSpace(3, 0, DType.INT64), 3, true, false),
        ALL_ACTIONS_MASKED(new DiscreteSpace(3, 0, DType.INT64), 3, true, true),
        DRAWN_CHOICES(new DiscreteSpace(3, 0, DType.INT64), 4, false, false),
        DRAWN_CHOICES_MASKED(new DiscreteSpace(3, 0, DType.INT64), 4, false, true),
        DRAWN_NUMBERS(box(), 3, false, false),
        DRAWN_PRODUCT(new TupleSpace(List.of(box(), new DiscreteSpace(3, 0, DType.INT64))), 5, false, false);

        private final Space actions;
        private final int tried;
        private final boolean all;
        private final boolean masked;

        Case(Space actions, int tried, boolean all, boolean masked) {
            this.actions = actions;
            this.tried = tried;
            this.all = all;
            this.masked = masked;
        }

        private static Space box() {
            return new BoxSpace(DType.FLOAT64, new int[] {2}, new double[] {-1, -1}, new double[] {1, 1});
        }
    }

    /** Random states of a trunk. The branches begin in the first {@code states} of them. */
    private static final class Fixture {
        final Policy policy;
        final double[] theta;
        final DMatrixRMaj trunk; // [TRUNK][WIDTH]
        final DMatrixRMaj observations; // [states][WIDTH]
        final DMatrixRMaj[] actions; // K matrices [states][action size], for K actions in each state
        final double[][] values; // Q [K][states]
        final boolean all;

        Fixture(Case of, int states) {
            RandomStream random = new RandomStream(3, Role.EVALUATION, of.ordinal());
            ActionModel model = ActionModel.of(of.actions, Settings.DEFAULTS);
            ActionMask mask = of.masked ? ActionMask.of(new int[] {3}, 2, 3) : ActionMask.NONE;
            policy = new Policy(
                    Mlp.withHidden(WIDTH, new int[] {4}, model.distribution().outputSize()),
                    model.distribution(),
                    mask);
            theta = new double[policy.parameterCount()];
            Arrays.setAll(theta, i -> 0.6 * random.gaussian(i));
            all = of.all;
            trunk = states(random);
            observations = new DMatrixRMaj(states, WIDTH);
            System.arraycopy(trunk.data, 0, observations.data, 0, states * WIDTH);
            actions = new DMatrixRMaj[of.tried];
            values = new double[of.tried][states];
            draw(random, states);
        }

        private static DMatrixRMaj states(RandomStream random) {
            DMatrixRMaj states = new DMatrixRMaj(TRUNK, WIDTH);
            for (int i = 0; i < TRUNK; i++) {
                states.set(i, 0, random.gaussian(1000 + 2 * i));
                states.set(i, 1, random.gaussian(1001 + 2 * i));
                for (int j = 2; j < WIDTH; j++) {
                    states.set(i, j, (i + j) % 3 == 0 ? 0 : 1);
                }
            }
            return states;
        }

        private void draw(RandomStream random, int states) {
            Activations activations = policy.network().activations(observations);
            policy.forward(theta, activations, 0, states);
            DistributionInputs inputs = policy.inputs(theta, activations);
            for (int k = 0; k < actions.length; k++) {
                actions[k] = new DMatrixRMaj(states, policy.distribution().actionSize());
                for (int n = 0; n < states; n++) {
                    if (all) {
                        actions[k].set(n, 0, k);
                    } else {
                        policy.distribution().sample(inputs, n, random, 5000 + n * actions.length + k, actions[k], n);
                    }
                    values[k][n] = 3 + 2 * random.gaussian(9000 + n * actions.length + k) + n % 5;
                }
            }
        }

        Batch batch() {
            return GivenBranches.batch(policy, theta, trunk, new GivenBranches.Tried(actions, values, all));
        }

        Around around() {
            return new Around(policy, theta, batch(), ENTROPY);
        }

        /** log pi_theta(a_k|s_n) [K][states]. */
        double[][] logs(double[] theta) {
            int states = observations.numRows;
            Activations activations = policy.network().activations(observations);
            policy.forward(theta, activations, 0, states);
            double[][] logs = new double[actions.length][states];
            for (int k = 0; k < actions.length; k++) {
                policy.distribution().logProbability(policy.inputs(theta, activations), actions[k], logs[k], 0, states);
            }
            return logs;
        }

        /** mean_n L_n(theta) at theta = {@code at}, by equations 15 and 16 of the paper, in the unit of Q. */
        double definition(double[] at) {
            double[][] old = logs(theta);
            double[][] now = logs(at);
            double mean = 0;
            for (int n = 0; n < observations.numRows; n++) {
                double sum = 0;
                double all = 0;
                for (int k = 0; k < actions.length; k++) {
                    double weight = this.all ? Math.exp(now[k][n]) : Math.exp(now[k][n] - old[k][n]);
                    sum += weight * values[k][n];
                    all += weight;
                }
                mean += (this.all ? sum : sum / all) / observations.numRows;
            }
            return mean;
        }

        /**
         * The square root of the mean variance of Q. The variance is over the actions of a state, the mean over the
         * states. If all actions are tried, their weights in the variance are their probabilities under the old policy.
         * Drawn actions have equal weights.
         */
        double std() {
            double[][] old = logs(theta);
            double variance = 0;
            for (int n = 0; n < observations.numRows; n++) {
                double mean = 0;
                double square = 0;
                for (int k = 0; k < actions.length; k++) {
                    double p = all ? Math.exp(old[k][n]) : 1.0 / actions.length;
                    mean += p * values[k][n];
                    square += p * values[k][n] * values[k][n];
                }
                variance += (square - mean * mean) / observations.numRows;
            }
            return Math.sqrt(variance);
        }

        double[] elsewhere() {
            double[] moved = theta.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += 0.1 * Math.sin(i + 1);
            }
            return moved;
        }
    }

    /** The surrogate of a batch. */
    private static final class Around {
        final Surrogate surrogate;
        final boolean differ;

        Around(Policy policy, double[] theta, Batch batch, double entropy) {
            double[][] advantages = new double[batch.actionsPerState()][batch.size()];
            differ = Advantages.weigh(batch, advantages);
            surrogate = new Surrogate(policy, entropy).prepare(theta, batch, advantages);
        }

        double[] gradient(int length) {
            return Updates.gradient(surrogate, length);
        }
    }

    /** The branches begin in one state, in a few states, or in every state of the trunk. */
    @ParameterizedTest
    @EnumSource
    void theSurrogateFollowsTheDefinitionInThePaper(Case of) {
        for (int states : new int[] {1, 13, TRUNK}) {
            Fixture fixture = new Fixture(of, states);
            Around around = fixture.around();
            double[] elsewhere = fixture.elsewhere();
            double gain = (fixture.definition(elsewhere) - fixture.definition(fixture.theta)) / fixture.std();
            Surrogate.Point start = around.surrogate.atOldTheta();
            Surrogate.Point point = around.surrogate.at(elsewhere);
            assertTrue(around.differ);
            assertTrue(Math.abs(gain) > 1e-4, "gain " + gain);
            assertEquals(
                    gain + ENTROPY * (point.entropy() - start.entropy()), point.surrogate() - start.surrogate(), 1e-12);
            assertEquals(ENTROPY * start.entropy(), start.surrogate(), 1e-13);
            Surrogate.Point again = around.surrogate.at(fixture.theta);
            assertEquals(start.surrogate(), again.surrogate(), 1e-15);
            assertEquals(0, again.divergence());
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientIsTheDerivativeOfTheSurrogateWithItsEntropyTerm(Case of) {
        Fixture fixture = new Fixture(of, 300);
        Around around = fixture.around();
        double[] theta = fixture.theta.clone();
        double[] expected = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double middle = theta[i];
            theta[i] = middle + DIFFERENCE_STEP;
            double up = around.surrogate.at(theta).surrogate();
            theta[i] = middle - DIFFERENCE_STEP;
            expected[i] = (up - around.surrogate.at(theta).surrogate()) / (2 * DIFFERENCE_STEP);
            theta[i] = middle;
        }
        double[] gradient = around.gradient(theta.length);
        assertTrue(Vectors.norm(gradient) > 0);
        assertClose(expected, gradient, FINITE_DIFFERENCE, "gradient");
    }

    @ParameterizedTest
    @EnumSource
    void divergenceAndEntropyAreMeansOverAllStatesOfTheTrunk(Case of) {
        Fixture fixture = new Fixture(of, 7);
        Batch batch = fixture.batch();
        Surrogate trunk = new Surrogate(fixture.policy, ENTROPY)
                .prepare(fixture.theta, batch.observations(), batch.actions(), new double[TRUNK]);
        Surrogate.Point expected = trunk.at(fixture.elsewhere());
        Surrogate.Point point = fixture.around().surrogate.at(fixture.elsewhere());
        assertTrue(point.divergence() > 0);
        assertEquals(expected.divergence(), point.divergence());
        assertEquals(expected.entropy(), point.entropy());
    }

    @ParameterizedTest
    @EnumSource
    void aConstantAddedToAllValuesOfAStateChangesNothing(Case of) {
        Fixture fixture = new Fixture(of, 9);
        Around plain = fixture.around();
        for (double[] values : fixture.values) {
            for (int n = 0; n < values.length; n++) {
                values[n] += 50 * n;
            }
        }
        Around shifted = fixture.around();
        int length = fixture.theta.length;
        assertClose(plain.gradient(length), shifted.gradient(length), DERIVATIVE, "gradient");
        assertEquals(
                plain.surrogate.at(fixture.elsewhere()).surrogate(),
                shifted.surrogate.at(fixture.elsewhere()).surrogate(),
                DISTRIBUTION);
    }

    @ParameterizedTest
    @EnumSource
    void theAdvantagesDoNotDifferIfTheActionsOfEachStateHaveEqualValues(Case of) {
        Fixture fixture = new Fixture(of, 6);
        for (int k = 1; k < fixture.values.length; k++) {
            fixture.values[k] = fixture.values[0];
        }
        Around around = fixture.around();
        assertFalse(around.differ);
        Surrogate.Point point = around.surrogate.at(fixture.elsewhere());
        assertEquals(ENTROPY * point.entropy(), point.surrogate());
    }

    /**
     * Two draws give a pair of actions. The mean of the gradient over all pairs, weighted by their probabilities, is
     * the gradient from all actions, multiplied by 1 - 1/K, where K = 2 is the number of draws. A surrogate divides the
     * values by their standard deviation, so each gradient is multiplied by this deviation here.
     */
    @Test
    void theExpectedGradientFromTwoDrawsIsHalfOfTheGradientFromAllActions() {
        Fixture all = new Fixture(Case.ALL_ACTIONS, 1);
        double[][] logs = all.logs(all.theta);
        double[] mean = new double[all.theta.length];
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                DMatrixRMaj[] actions = {all.actions[first], all.actions[second]};
                double[][] values = {all.values[first], all.values[second]};
                // The standard deviation of the pair's values. It is 0 if both actions of the pair are the same.
                double std = Math.abs(values[0][0] - values[1][0]) / 2;
                GivenBranches.Tried pair = new GivenBranches.Tried(actions, values, false);
                Batch batch = GivenBranches.batch(all.policy, all.theta, all.trunk, pair);
                double probability = Math.exp(logs[first][0] + logs[second][0]);
                double[] gradient = new Around(all.policy, all.theta, batch, 0).gradient(mean.length);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += probability * std * gradient[i];
                }
            }
        }
        double[] expected = new Around(all.policy, all.theta, all.batch(), 0).gradient(mean.length);
        for (int i = 0; i < expected.length; i++) {
            expected[i] *= all.std() / 2;
        }
        assertTrue(Vectors.norm(expected) > 0);
        assertClose(expected, mean, DERIVATIVE, "gradient");
    }

    @Test
    void theSurrogateIsFiniteIfNearlyAllRatiosUnderflow() {
        Fixture fixture = new Fixture(Case.DRAWN_NUMBERS, TRUNK);
        double[] far = fixture.theta.clone();
        // The last two parameters are the log standard deviations. If they are -8, nearly all ratios are rounded to 0.
        Arrays.fill(far, far.length - 2, far.length, -8);
        assertTrue(Double.isFinite(fixture.around().surrogate.at(far).surrogate()));
    }

    @Test
    void aSurrogateAcceptsABatchWithoutBranchesAfterABatchWithBranches() {
        Fixture fixture = new Fixture(Case.DRAWN_NUMBERS, 20);
        Batch batch = fixture.batch();
        double[] advantages = new double[TRUNK];
        Arrays.setAll(advantages, i -> Math.sin(i));
        Surrogate used = fixture.around().surrogate;
        Surrogate fresh = new Surrogate(fixture.policy, ENTROPY);
        for (Surrogate each : List.of(used, fresh)) {
            each.prepare(fixture.theta, batch.observations(), batch.actions(), advantages);
        }
        assertEquals(fresh.at(fixture.elsewhere()), used.at(fixture.elsewhere()));
        assertArrayEquals(Updates.gradient(fresh, fixture.theta.length), Updates.gradient(used, fixture.theta.length));
    }

    @Test
    void anUpdateImprovesThePolicyWithinTheTrustRegion() {
        Fixture fixture = new Fixture(Case.DRAWN_PRODUCT, 40);
        double[] theta = fixture.theta.clone();
        UpdateReport report = new TrpoUpdate(fixture.policy, Settings.DEFAULTS).update(theta, fixture.batch());
        assertEquals(UpdateReport.Outcome.IMPROVED, report.outcome());
        assertTrue(fixture.definition(theta) > fixture.definition(fixture.theta));
        assertTrue(report.divergence() <= Settings.DEFAULTS.get(TrustRegionSettings.DELTA));
        double gain = (fixture.definition(theta) - fixture.definition(fixture.theta)) / fixture.std();
        assertEquals(gain, report.actualGain(), 1e-10);

        double[] natural = fixture.theta.clone();
        new NpgUpdate(fixture.policy, Settings.DEFAULTS).update(natural, fixture.batch());
        assertTrue(fixture.definition(natural) > fixture.definition(fixture.theta));
    }

    @Test
    void aValueThatIsNotFiniteDoesNotChangeThePolicy() {
        Fixture fixture = new Fixture(Case.DRAWN_NUMBERS, 40);
        fixture.values[1][2] = Double.NaN;
        double[] theta = fixture.theta.clone();
        UpdateReport report = new TrpoUpdate(fixture.policy, Settings.DEFAULTS).update(theta, fixture.batch());
        assertEquals(UpdateReport.Outcome.NOT_FINITE, report.outcome());
        assertArrayEquals(fixture.theta, theta);
    }
}
