// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Policy;
import io.gymwire.policy.ValueFunction;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * Assembles an update's batch from the last rollouts. Estimates the advantages with the current critic, and computes
 * weights that correct for samples of earlier policies. With {@code --lag 1} ({@link RolloutSettings#LAG}), the newest
 * rollout is also from an earlier policy.
 *
 * <p>Reuse of earlier rollouts in trust region methods follows Queeney, Paschalidis and Cassandras (2021,
 * arXiv:2111.00072, and 2022, arXiv:2206.13714). For a sample that policy pi_i drew, the surrogate is
 * pi_theta(a|s) / pi_i(a|s) A(s, a), where pi_theta is the policy that the update changes. This is
 * pi_theta(a|s) / pi(a|s) A(s, a) times the weight pi / pi_i, where pi is the current policy, before the update. All
 * rollouts count equally. Advantages are corrected along the trajectory as in V-trace (Espeholt et al. 2018,
 * arXiv:1802.01561), with traces min(1, pi / pi_i). One thing is not from these papers: the weight of a sample is at
 * most {@value #MAX_WEIGHT}.
 */
public final class BatchAssembler {

    /**
     * The upper limit of a weight. Without it, an action that was improbable under the earlier policy can have a very
     * large weight. The limit adds some bias and reduces variance.
     */
    private static final double MAX_WEIGHT = 2;

    private final ActorCritic learner;
    private final GeneralizedAdvantage estimator;
    private final int size; // T*N
    private final int envs; // N
    private final int reuse; // k
    private final boolean lags;
    private final LogProbabilities current;
    private final double[] values; // [T*N], of the newest rollout when assemble() has returned
    private final double[] nextValues; // [T*N]
    private final double[] lastValues; // [N]
    private final double[] advantages; // [T*N]
    private final double[] traces; // [T*N], min(1, pi / pi_i)
    private final double[] returns; // [T*N], of the newest rollout
    // The batch of R rollouts, R <= k. The two matrices have no rows if k = 1.
    private final DMatrixRMaj allObservations; // [R*T*N][observation size]
    private final DMatrixRMaj allActions; // [R*T*N][action size]
    private double[] allAdvantages = new double[0]; // [R*T*N]
    private double[] allWeights = new double[0]; // [R*T*N]

    /** An assembler with the {@link RolloutSettings} of {@code settings}. */
    public BatchAssembler(ActorCritic learner, Settings settings) {
        this.learner = learner;
        this.estimator =
                new GeneralizedAdvantage(settings.get(RolloutSettings.GAMMA), settings.get(RolloutSettings.LAMBDA));
        this.size = settings.get(RolloutSettings.BATCH);
        this.envs = settings.get(RolloutSettings.ENVS);
        this.reuse = settings.get(RolloutSettings.REUSE);
        this.lags = settings.get(RolloutSettings.LAG) > 0;
        this.current = new LogProbabilities(learner.policy());
        this.values = new double[size];
        this.nextValues = new double[size];
        this.lastValues = new double[envs];
        this.advantages = new double[size];
        this.traces = new double[size];
        this.returns = new double[size];
        int rows = reuse == 1 ? 0 : reuse * size;
        Policy policy = learner.policy();
        this.allObservations = new DMatrixRMaj(rows, policy.network().inputSize());
        this.allActions = new DMatrixRMaj(rows, policy.distribution().actionSize());
    }

    /**
     * The batch of all rollouts, the newest first. It is valid until the next call.
     *
     * @param newest the newest rollout; its observations are normalised with the current statistics
     * @param earlier the rollouts before the newest rollout; this method normalises their observations again
     */
    public Batch assemble(Rollout newest, RecentRollouts earlier) {
        resize((earlier.size() + 1) * size);
        for (int age = earlier.size(); age > 0; age--) {
            Rollout rollout = earlier.get(age - 1);
            rollout.renormalize(learner.normalizer());
            weigh(rollout, age * size);
            append(rollout, age * size);
        }
        if (lags) {
            weigh(newest, 0);
        } else {
            Arrays.fill(traces, 1);
            Arrays.fill(allWeights, 0, size, 1);
        }
        append(newest, 0);
        for (int i = 0; i < returns.length; i++) {
            returns[i] = advantages[i] + values[i];
        }
        boolean alone = reuse == 1;
        return new Batch(
                alone ? newest.observations() : allObservations,
                alone ? newest.actions() : allActions,
                allAdvantages,
                allWeights);
    }

    /**
     * The critic's targets A(s, a) + V(s) [T*N], for the newest rollout in the last batch; valid until the next batch
     * is assembled.
     */
    public double[] returns() {
        return returns;
    }

    /**
     * How much of the {@link #returns}' variance the critic explains, 1 - Var(returns - values) / Var(returns): 1 is
     * perfect, 0 is no better than a constant; NaN if Var(returns) is 0.
     */
    public double explainedVariance() {
        return explainedVariance(values, returns);
    }

    static double explainedVariance(double[] values, double[] returns) {
        double total = Vectors.variance(returns);
        double mean = 0;
        for (int i = 0; i < returns.length; i++) {
            mean += returns[i] - values[i];
        }
        mean /= returns.length;
        double sum = 0;
        for (int i = 0; i < returns.length; i++) {
            double distance = returns[i] - values[i] - mean;
            sum += distance * distance;
        }
        return total == 0 ? Double.NaN : 1 - sum / returns.length / total;
    }

    /** Estimates a rollout's advantages and copies them into the batch; with --reuse, also copies its other data. */
    private void append(Rollout rollout, int from) {
        estimate(rollout);
        System.arraycopy(advantages, 0, allAdvantages, from, advantages.length);
        if (reuse > 1) {
            copyRows(rollout.observations(), allObservations, from);
            copyRows(rollout.actions(), allActions, from);
        }
    }

    /** Computes the weights and the traces of a rollout's samples. */
    private void weigh(Rollout rollout, int from) {
        current.compute(rollout, learner.theta(), traces);
        for (int i = 0; i < traces.length; i++) {
            double ratio = StrictMath.exp(traces[i] - rollout.logProbabilities()[i]);
            allWeights[from + i] = Math.min(ratio, MAX_WEIGHT);
            traces[i] = Math.min(ratio, 1);
        }
    }

    private void estimate(Rollout rollout) {
        ValueFunction critic = learner.critic();
        critic.predict(rollout.observations(), values);
        critic.predict(rollout.lastObservations(), lastValues);
        System.arraycopy(values, envs, nextValues, 0, values.length - envs);
        System.arraycopy(lastValues, 0, nextValues, values.length - envs, envs);
        bootstrapTruncations(rollout.finals());
        GeneralizedAdvantage.Transitions transitions = new GeneralizedAdvantage.Transitions(
                rollout.rewards(), rollout.terminated(), rollout.truncated(), envs);
        estimator.estimate(transitions, values, nextValues, traces, advantages);
    }

    /**
     * Sets the next value of each transition that truncated its episode and did not terminate it. This value is
     * V(last observation of the episode).
     */
    private void bootstrapTruncations(List<Rollout.Final> finals) {
        if (finals.isEmpty()) {
            return;
        }
        DMatrixRMaj observations = new DMatrixRMaj(finals.size(), allObservations.numCols);
        for (int i = 0; i < finals.size(); i++) {
            System.arraycopy(
                    finals.get(i).observation(), 0, observations.data, i * observations.numCols, observations.numCols);
        }
        double[] finalValues = new double[finals.size()];
        learner.critic().predict(observations, finalValues);
        for (int i = 0; i < finals.size(); i++) {
            nextValues[finals.get(i).index()] = finalValues[i];
        }
    }

    private void resize(int rows) {
        if (allAdvantages.length != rows) {
            allAdvantages = new double[rows];
            allWeights = new double[rows];
        }
        if (reuse > 1) {
            allObservations.reshape(rows, allObservations.numCols);
            allActions.reshape(rows, allActions.numCols);
        }
    }

    private static void copyRows(DMatrixRMaj rows, DMatrixRMaj all, int from) {
        System.arraycopy(rows.data, 0, all.data, from * rows.numCols, rows.numRows * rows.numCols);
    }
}
