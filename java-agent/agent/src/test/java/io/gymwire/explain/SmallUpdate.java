// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.learn.Configs;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Activations;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Rollout;
import io.gymwire.rollout.RolloutSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/**
 * The input for an update of a small network, and functions that compute the values that tests expect. The functions
 * follow the definitions and handle one state at a time. The surrogate L is computed from log probabilities. The
 * divergence is a sum over the choices of a Discrete action, or the formula for Gaussians. For {@code PRODUCT}, it is
 * the total over the parts of the action. Derivatives are computed by finite differences.
 */
final class SmallUpdate {

    static final int ENVS = 4;
    static final int SIZE = 48;
    private static final int NUMBERS = 3; // in each observation, without the mask
    private static final int CHOICES = 4;
    private static final double STEP = 1e-4; // for second differences
    private static final double FIRST_STEP = 1e-5;

    final UpdateInput input;
    final double[] old; // [P]
    private final Policy policy;
    final double[] advantages = new double[SIZE]; // normalised

    /** The kind of action space. MASKED is a Discrete space with an action mask in the observation. */
    enum Kind {
        GAUSSIAN,
        CATEGORICAL,
        MASKED,
        PRODUCT
    }

    SmallUpdate(Kind kind, RunConfig settings) {
        Space box = new BoxSpace(
                DType.FLOAT64, new int[] {NUMBERS}, new double[] {-99, -99, -99}, new double[] {99, 99, 99});
        Space observations = box;
        RunConfig config = settings.with(RolloutSettings.BATCH, SIZE).with(RolloutSettings.ENVS, ENVS);
        if (kind == Kind.MASKED) {
            Map<String, Space> parts = new LinkedHashMap<>();
            parts.put("mask", new MultiBinarySpace(CHOICES));
            parts.put("state", box);
            observations = new DictSpace(parts);
            config = new RunConfig(
                    config.envId(), config.settings().withText(ObservationSettings.ACTION_MASK, "observation:mask"));
        }
        Learner learner = new Learner(config, observations, actions(kind));
        this.policy = learner.policy();
        Random random = new Random(11);
        for (int i = 0; i < learner.theta().length; i++) {
            learner.theta()[i] = 0.4 * random.nextGaussian();
        }
        this.old = learner.theta().clone();
        Rollout rollout = new Rollout(
                SIZE / ENVS,
                ENVS,
                learner.encoder().size(),
                policy.distribution().actionSize());
        fill(rollout, kind, random);
        double[] raw = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            raw[i] = 3 + 2 * random.nextGaussian();
        }
        this.input = new UpdateInput(
                config, learner, rollout, Batch.onPolicy(rollout.observations(), rollout.actions(), raw), 0.5);
        normalize(raw);
    }

    /** The estimates for a test that plays no new episodes: all are 0. */
    static Improvement.Fresh noEpisodes() {
        Improvement.Estimate none = new Improvement.Estimate(0, 0, 0);
        return new Improvement.Fresh(0, none, none, none, new Improvement.Undiscounted(none, none, none));
    }

    static RunConfig settings() {
        return Configs.small(5);
    }

    private static Space actions(Kind kind) {
        Space box = new BoxSpace(DType.FLOAT64, new int[] {2}, new double[] {-1, -1}, new double[] {1, 1});
        return switch (kind) {
            case GAUSSIAN -> box;
            case CATEGORICAL, MASKED -> new DiscreteSpace(CHOICES, 0, DType.INT64);
            case PRODUCT -> new TupleSpace(List.of(new DiscreteSpace(3, 0, DType.INT64), box, new MultiBinarySpace(2)));
        };
    }

    /**
     * Fills the rollout with normally distributed observations and the policy's actions. In an observation with a mask,
     * the mask comes first and allows at least two choices. In every tenth row, an episode is truncated.
     */
    private void fill(Rollout rollout, Kind kind, Random random) {
        DMatrixRMaj observations = rollout.rawObservations();
        for (int row = 0; row < SIZE; row++) {
            int first = kind == Kind.MASKED ? CHOICES : 0;
            for (int j = 0; j < first; j++) {
                observations.set(
                        row, j, j == row % CHOICES || j == (row + 1) % CHOICES || random.nextBoolean() ? 1 : 0);
            }
            for (int j = first; j < observations.numCols; j++) {
                observations.set(row, j, random.nextGaussian());
            }
        }
        rollout.observations().setTo(observations);
        Activations activations = policy.network().activations(rollout.observations());
        policy.forward(old, activations, 0, SIZE);
        DistributionInputs inputs = policy.inputs(old, activations);
        RandomStream stream = new RandomStream(2, RandomStream.Role.ACTION, 0);
        for (int row = 0; row < SIZE; row++) {
            policy.distribution().sample(inputs, row, stream, row, rollout.actions(), row);
            rollout.truncated()[row] = row % 10 == 7;
        }
    }

    private void normalize(double[] raw) {
        double mean = 0;
        for (double value : raw) {
            mean += value / SIZE;
        }
        double variance = 0;
        for (double value : raw) {
            variance += (value - mean) * (value - mean) / SIZE;
        }
        for (int i = 0; i < SIZE; i++) {
            advantages[i] = (raw[i] - mean) / Math.sqrt(variance);
        }
    }

    /** The distribution of the actions in a single state. */
    private DistributionInputs state(double[] theta, int row) {
        DMatrixRMaj observation = new DMatrixRMaj(1, input.rollout().observations().numCols);
        for (int j = 0; j < observation.numCols; j++) {
            observation.set(0, j, input.rollout().observations().get(row, j));
        }
        Activations activations = policy.network().activations(observation);
        policy.forward(theta, activations, 0, 1);
        return policy.inputs(theta, activations);
    }

    private double logProbability(DistributionInputs state, DMatrixRMaj action) {
        double[] out = new double[1];
        policy.distribution().logProbability(state, action, out, 0, 1);
        return out[0];
    }

    /** pi_theta / pi_old of a sample. */
    double ratio(double[] theta, int row) {
        DMatrixRMaj action = new DMatrixRMaj(1, input.rollout().actions().numCols);
        for (int j = 0; j < action.numCols; j++) {
            action.set(0, j, input.rollout().actions().get(row, j));
        }
        return Math.exp(logProbability(state(theta, row), action) - logProbability(state(old, row), action));
    }

    /** L(theta). */
    double surrogate(double[] theta) {
        double sum = 0;
        for (int row = 0; row < SIZE; row++) {
            sum += ratio(theta, row) * advantages[row];
        }
        return sum / SIZE;
    }

    /** Mean KL(old || theta). */
    double divergence(double[] theta) {
        double sum = 0;
        for (int row = 0; row < SIZE; row++) {
            sum += divergence(theta, row);
        }
        return sum / SIZE;
    }

    /** KL(old || theta) in one state. */
    double divergence(double[] theta, int row) {
        DistributionInputs before = state(old, row);
        DistributionInputs now = state(theta, row);
        int own = policy.network().parameterCount();
        boolean choices = policy.distribution().parameterCount() == 0;
        if (choices) {
            return overChoices(before, now, 0, CHOICES);
        }
        boolean product = policy.distribution().actionSize() > 2;
        int first = product ? 3 : 0;
        double sum = product ? overChoices(before, now, 0, 3) + overBits(before, now, 5) : 0;
        for (int j = 0; j < 2; j++) {
            double stdBefore = Math.exp(old[own + j]);
            double stdNow = Math.exp(theta[own + j]);
            double difference =
                    before.outputs().get(0, first + j) - now.outputs().get(0, first + j);
            sum += Math.log(stdNow / stdBefore)
                    + (stdBefore * stdBefore + difference * difference) / (2 * stdNow * stdNow)
                    - 0.5;
        }
        return sum;
    }

    private static double overChoices(DistributionInputs before, DistributionInputs now, int first, int count) {
        double normBefore = 0;
        double normNow = 0;
        for (int j = first; j < first + count; j++) {
            normBefore += Math.exp(before.outputs().get(0, j));
            normNow += Math.exp(now.outputs().get(0, j));
        }
        double sum = 0;
        for (int j = first; j < first + count; j++) {
            double p = Math.exp(before.outputs().get(0, j)) / normBefore;
            double q = Math.exp(now.outputs().get(0, j)) / normNow;
            sum += p == 0 ? 0 : p * Math.log(p / q);
        }
        return sum;
    }

    private static double overBits(DistributionInputs before, DistributionInputs now, int first) {
        double sum = 0;
        for (int j = first; j < first + 2; j++) {
            double p = 1 / (1 + Math.exp(-before.outputs().get(0, j)));
            double q = 1 / (1 + Math.exp(-now.outputs().get(0, j)));
            sum += p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
        }
        return sum;
    }

    /** dL/dtheta at theta_old, by central differences. */
    double[] gradient() {
        double[] gradient = new double[old.length];
        for (int i = 0; i < old.length; i++) {
            gradient[i] =
                    (surrogate(moved(i, FIRST_STEP, 0, 0)) - surrogate(moved(i, -FIRST_STEP, 0, 0))) / (2 * FIRST_STEP);
        }
        return gradient;
    }

    /** F [P][P], the second derivatives of the divergence at theta_old, by finite differences. */
    DMatrixRMaj fisher() {
        int size = old.length;
        DMatrixRMaj fisher = new DMatrixRMaj(size, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double value = (divergence(moved(i, STEP, j, STEP))
                                - divergence(moved(i, STEP, j, -STEP))
                                - divergence(moved(i, -STEP, j, STEP))
                                + divergence(moved(i, -STEP, j, -STEP)))
                        / (4 * STEP * STEP);
                fisher.set(i, j, value);
                fisher.set(j, i, value);
            }
        }
        return fisher;
    }

    private double[] moved(int i, double byI, int j, double byJ) {
        double[] theta = old.clone();
        theta[i] += byI;
        theta[j] += byJ;
        return theta;
    }

    /** theta_old + scale * direction. */
    double[] along(double scale, double[] direction) {
        double[] theta = old.clone();
        for (int i = 0; i < theta.length; i++) {
            theta[i] += scale * direction[i];
        }
        return theta;
    }
}
