// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

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
import io.gymwire.rollout.Branches;
import io.gymwire.rollout.GivenBranches;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VineSurrogateTest {

    private static final int WIDTH = 5; // of an observation, whose last three columns may be a mask
    private static final int TRUNK = 150;
    private static final double ENTROPY = 0.03;

    /** What is surrogate of what. */
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

    /** Random states, and actions of the policy in them. */
    private static final class Fixture {
        final Policy policy;
        final double[] theta;
        final DMatrixRMaj observations; // [states][WIDTH]
        final DMatrixRMaj[] actions; // [K] of [states][action size]
        final double[][] values; // Q [K][states]
        final boolean all;
        final Batch batch;
        final Surrogate surrogate;
        final boolean differ;

        Fixture(Case of, int states) {
            this(of, states, 0);
        }

        /** @param shift added to all values of a state, times its index */
        Fixture(Case of, int states, double shift) {
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
            observations = states(random, states);
            actions = new DMatrixRMaj[of.tried];
            values = new double[of.tried][states];
            draw(random, states);
            DMatrixRMaj trunk = states(random, TRUNK);
            int actionSize = model.distribution().actionSize();
            batch = Batch.onPolicy(trunk, new DMatrixRMaj(TRUNK, actionSize), new double[TRUNK])
                    .with(GivenBranches.of(policy, observations, actions, shifted(shift), all));
            surrogate = Surrogate.of(Sampling.VINE, policy, ENTROPY);
            differ = surrogate.around(theta, batch);
        }

        private static DMatrixRMaj states(RandomStream random, int rows) {
            DMatrixRMaj states = new DMatrixRMaj(rows, WIDTH);
            for (int i = 0; i < rows; i++) {
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

        private double[][] shifted(double shift) {
            double[][] shifted = new double[values.length][];
            for (int k = 0; k < values.length; k++) {
                shifted[k] = values[k].clone();
                for (int n = 0; n < shifted[k].length; n++) {
                    shifted[k][n] += shift * n;
                }
            }
            return shifted;
        }

        /** log pi_theta(a_k|s_n) [K][N]. */
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

        /** mean_n L_n(theta) by its definition, in the unit of Q. */
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

        /** The standard deviation of Q within a state under the old policy, over all states. */
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

    @ParameterizedTest
    @EnumSource
    void valueIsTheDefinitions(Case of) {
        Fixture fixture = new Fixture(of, 13);
        double[] elsewhere = fixture.elsewhere();
        double gain = (fixture.definition(elsewhere) - fixture.definition(fixture.theta)) / fixture.std();
        Surrogate.Point start = fixture.surrogate.atOldTheta();
        Surrogate.Point point = fixture.surrogate.at(elsewhere);
        assertTrue(fixture.differ);
        assertTrue(Math.abs(gain) > 1e-4, "gain " + gain);
        assertEquals(
                gain + ENTROPY * (point.entropy() - start.entropy()), point.surrogate() - start.surrogate(), 1e-12);
        assertEquals(ENTROPY * start.entropy(), start.surrogate(), 1e-13);
        Surrogate.Point again = fixture.surrogate.at(fixture.theta);
        assertEquals(start.surrogate(), again.surrogate());
        assertEquals(0, again.divergence());
    }

    /** More states than a block of rows has, so that sums over chunks count. */
    @ParameterizedTest
    @EnumSource
    void gradientIsTheDerivativeEntropyIncluded(Case of) {
        Fixture fixture = new Fixture(of, 300);
        double[] theta = fixture.theta.clone();
        double[] expected = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
            double middle = theta[i];
            theta[i] = middle + DIFFERENCE_STEP;
            double up = fixture.surrogate.at(theta).surrogate();
            theta[i] = middle - DIFFERENCE_STEP;
            expected[i] = (up - fixture.surrogate.at(theta).surrogate()) / (2 * DIFFERENCE_STEP);
            theta[i] = middle;
        }
        double[] gradient = Updates.gradient(fixture.surrogate, theta.length);
        assertTrue(Vectors.norm(gradient) > 0);
        assertClose(expected, gradient, FINITE_DIFFERENCE, "gradient");
    }

    @ParameterizedTest
    @EnumSource
    void divergenceAndEntropyAreTheTrunks(Case of) {
        Fixture fixture = new Fixture(of, 7);
        Surrogate trunk = new Surrogate(fixture.policy, ENTROPY)
                .around(fixture.theta, fixture.batch.observations(), fixture.batch.actions(), new double[TRUNK]);
        Surrogate.Point expected = trunk.at(fixture.elsewhere());
        Surrogate.Point point = fixture.surrogate.at(fixture.elsewhere());
        assertTrue(point.divergence() > 0);
        assertEquals(expected.divergence(), point.divergence());
        assertEquals(expected.entropy(), point.entropy());
    }

    @ParameterizedTest
    @EnumSource
    void whatAllValuesOfAStateHaveInCommonChangesNothing(Case of) {
        Fixture plain = new Fixture(of, 9);
        Fixture shifted = new Fixture(of, 9, 50);
        assertClose(
                Updates.gradient(plain.surrogate, plain.theta.length),
                Updates.gradient(shifted.surrogate, plain.theta.length),
                DERIVATIVE,
                "gradient");
        assertEquals(
                plain.surrogate.at(plain.elsewhere()).surrogate(),
                shifted.surrogate.at(plain.elsewhere()).surrogate(),
                DISTRIBUTION);
    }

    @Test
    void equalValuesOfEachStateDoNotDiffer() {
        Fixture fixture = new Fixture(Case.DRAWN_NUMBERS, 6);
        for (int n = 0; n < 6; n++) {
            for (int k = 1; k < 3; k++) {
                fixture.values[k][n] = fixture.values[0][n];
            }
        }
        Branches equal = GivenBranches.of(fixture.policy, fixture.observations, fixture.actions, fixture.values, false);
        assertFalse(fixture.surrogate.around(fixture.theta, fixture.batch.with(equal)));
        Surrogate.Point point = fixture.surrogate.at(fixture.elsewhere());
        assertEquals(ENTROPY * point.entropy(), point.surrogate());
    }

    /**
     * Over all pairs of actions that two draws can give, with their probabilities, the mean gradient is 1 - 1/2 of the
     * one that all actions give.
     */
    @Test
    void theExpectationOfTheGradientIsKnown() {
        Fixture all = new Fixture(Case.ALL_ACTIONS, 1);
        double[][] logs = all.logs(all.theta);
        double[] mean = new double[all.theta.length];
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                DMatrixRMaj[] actions = {all.actions[first], all.actions[second]};
                double[][] values = {all.values[first], all.values[second]};
                // Equal actions have equal values here, and advantages of 0.
                double std = Math.abs(values[0][0] - values[1][0]) / 2;
                Batch pair = all.batch.with(GivenBranches.of(all.policy, all.observations, actions, values, false));
                Surrogate surrogate = Surrogate.of(Sampling.VINE, all.policy, 0);
                surrogate.around(all.theta, pair);
                double probability = Math.exp(logs[first][0] + logs[second][0]);
                double[] gradient = Updates.gradient(surrogate, mean.length);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += probability * std * gradient[i];
                }
            }
        }
        Surrogate surrogate = Surrogate.of(Sampling.VINE, all.policy, 0);
        surrogate.around(all.theta, all.batch);
        double[] expected = Updates.gradient(surrogate, mean.length);
        for (int i = 0; i < expected.length; i++) {
            expected[i] *= all.std() / 2;
        }
        assertTrue(Vectors.norm(expected) > 0);
        assertClose(expected, mean, DERIVATIVE, "gradient");
    }

    @Test
    void aRatioThatOverflowsIsNoOverflowOfTheirQuotient() {
        Fixture fixture = new Fixture(Case.DRAWN_NUMBERS, 4);
        double[] far = fixture.theta.clone();
        // The standard deviations, so that log ratios are thousands.
        Arrays.fill(far, far.length - 2, far.length, -8);
        assertTrue(Double.isFinite(fixture.surrogate.at(far).surrogate()));
    }

    @Test
    void anUpdateImprovesThePolicyWithinTheTrustRegion() {
        Fixture fixture = new Fixture(Case.DRAWN_PRODUCT, 40);
        Settings settings = Settings.DEFAULTS.with(VineSettings.SAMPLING, Sampling.VINE);
        double[] theta = fixture.theta.clone();
        UpdateReport report = new TrpoUpdate(fixture.policy, settings).update(theta, fixture.batch);
        assertEquals(UpdateReport.Outcome.IMPROVED, report.outcome());
        assertTrue(fixture.definition(theta) > fixture.definition(fixture.theta));
        assertTrue(report.divergence() <= settings.get(TrustRegionSettings.DELTA));
        assertEquals(
                (fixture.definition(theta) - fixture.definition(fixture.theta)) / fixture.std(),
                report.actualGain(),
                1e-10);

        fixture.values[1][2] = Double.NaN;
        Branches broken =
                GivenBranches.of(fixture.policy, fixture.observations, fixture.actions, fixture.values, false);
        double[] before = theta.clone();
        assertEquals(
                UpdateReport.Outcome.NOT_FINITE,
                new TrpoUpdate(fixture.policy, settings)
                        .update(theta, fixture.batch.with(broken))
                        .outcome());
        assertArrayEquals(before, theta);
    }
}
