// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.observe.ObservationNormalizer;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The branches of one iteration: N states, K actions tried in each, and what followed. The value of an action is
 *
 * <pre>
 *   Q(s, a) = sum over t &lt; h of gamma^t r_t + gamma^h V(s_h),   h = min(H, the steps to the episode's end)
 * </pre>
 *
 * <p>with V(s_h) = 0 after a terminal state. After a truncation and at the horizon H the episode would have gone on, so
 * that the critic's value stands for the rest, as in {@link GeneralizedAdvantage}. The object is filled by
 * {@link VineCollector} and reused from iteration to iteration.
 */
public final class Branches {

    private final Shape shape;
    private final DMatrixRMaj raw; // [N][observation size]
    private final DMatrixRMaj observations; // [N][observation size]
    private final DMatrixRMaj[] actions; // [K] of [N][action size]
    private final double[][] rewards; // [K][N], sum of gamma^t r_t
    private final double[][] discounts; // [K][N], gamma^h; 0 after a terminal state
    private final DMatrixRMaj rawLasts; // [K*N][observation size], s_h of action k and state n in row k * N + n
    private final DMatrixRMaj lasts; // [K*N][observation size]
    private final double[] lastValues; // [K*N]
    private final double[][] values; // [K][N]

    /**
     * The numbers of branches.
     *
     * @param states N
     * @param actions K, tried in each state
     * @param allActions whether these are all actions there are, each once; else they are drawn from the policy
     * @param horizon H, the most steps of a branch
     */
    public record Shape(int states, int actions, boolean allActions, int horizon) {}

    /** Room for branches. */
    public Branches(Shape shape, int observationSize, int actionSize) {
        int states = shape.states();
        int actions = shape.actions();
        this.shape = shape;
        this.raw = new DMatrixRMaj(states, observationSize);
        this.observations = new DMatrixRMaj(states, observationSize);
        this.actions = new DMatrixRMaj[actions];
        Arrays.setAll(this.actions, k -> new DMatrixRMaj(states, actionSize));
        this.rewards = new double[actions][states];
        this.discounts = new double[actions][states];
        this.rawLasts = new DMatrixRMaj(actions * states, observationSize);
        this.lasts = new DMatrixRMaj(actions * states, observationSize);
        this.lastValues = new double[actions * states];
        this.values = new double[actions][states];
    }

    /** Forgets what followed: nothing has yet. */
    void begin() {
        for (int k = 0; k < actions.length; k++) {
            Arrays.fill(rewards[k], 0);
            Arrays.fill(discounts[k], 1);
        }
    }

    /** Takes a state's observation from a row. */
    void state(int n, DMatrixRMaj from, int row) {
        copyRow(from, row, raw, n);
    }

    /** Takes the action of a branch from a row. */
    void action(int n, int k, DMatrixRMaj from, int row) {
        copyRow(from, row, actions[k], n);
    }

    /** Adds the next reward of a branch. */
    void reward(int n, int k, double reward, double gamma) {
        rewards[k][n] += discounts[k][n] * reward;
        discounts[k][n] *= gamma;
    }

    /** Ends a branch in a terminal state. */
    void terminal(int n, int k) {
        discounts[k][n] = 0;
        Arrays.fill(rawLasts.data, row(n, k) * raw.numCols, (row(n, k) + 1) * raw.numCols, 0);
    }

    /** Ends a branch in a state after which its episode would have gone on. */
    void last(int n, int k, DMatrixRMaj from, int row) {
        copyRow(from, row, rawLasts, row(n, k));
    }

    private int row(int n, int k) {
        return k * shape.states() + n;
    }

    private static void copyRow(DMatrixRMaj from, int row, DMatrixRMaj to, int target) {
        int width = to.numCols;
        System.arraycopy(from.data, row * width, to.data, target * width, width);
    }

    /** Shows the states as the policy sees them now, and computes the values of the actions with the critic. */
    void evaluate(ActorCritic learner) {
        ObservationNormalizer normalizer = learner.normalizer();
        normalizer.normalize(raw, observations, 0, shape.states());
        normalizer.normalize(rawLasts, lasts, 0, lastValues.length);
        learner.critic().predict(lasts, lastValues);
        for (int k = 0; k < actions.length; k++) {
            for (int n = 0; n < shape.states(); n++) {
                values[k][n] = Math.fma(discounts[k][n], lastValues[row(n, k)], rewards[k][n]);
            }
        }
    }

    /** How many there are. */
    public Shape shape() {
        return shape;
    }

    /** The states as the policy sees them [N][observation size], live. */
    public DMatrixRMaj observations() {
        return observations;
    }

    /** The k-th action of each state [N][action size], live. */
    public DMatrixRMaj actions(int k) {
        return actions[k];
    }

    /** The value Q of the k-th action of each state [N], live. */
    public double[] values(int k) {
        return values[k];
    }
}
