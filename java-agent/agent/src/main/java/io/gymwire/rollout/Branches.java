// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The branches of one iteration: N of the trunk's R states, K actions tried in each of them, and the rewards that
 * followed. The value of an action is
 *
 * <pre>
 *   Q(s, a) = sum over t &lt; h of gamma^t r_t + gamma^h V(s_h),   h = min(H, the steps to the episode's end)
 * </pre>
 *
 * <p>with V(s_h) = 0 if s_h is terminal. After a truncation and at the horizon H, the episode would have continued, so
 * the critic's value replaces the later rewards, as in {@link GeneralizedAdvantage}.
 *
 * <p>The surrogate L of Schulman et al. 2015 (arXiv:1502.05477), section 5.2, is the mean of L_n over the N states. In
 * case 1, all possible actions are tried in each state (equation 15). In case 2, K actions are drawn from pi_old
 * (equation 16).
 *
 * <pre>
 *   L_n(theta) = sum_a pi_theta(a|s_n) Q(s_n, a)                    case 1
 *              = sum_k u_k Q(s_n, a_k) / sum_k u_k                  case 2
 * </pre>
 *
 * <p>with the ratio of probabilities u_k = pi_theta(a_k|s_n) / pi_old(a_k|s_n). With A_k = Q_k - sum_j p_j Q_j,
 *
 * <pre>
 *   L_n = sum_k rho_k p_k A_k + a constant
 *   p_k = pi_old(a_k|s_n),  rho_k = u_k                             case 1
 *   p_k = 1 / K,            rho_k = K u_k / sum_j u_j               case 2
 * </pre>
 *
 * <p>So L is a constant plus the mean of sum_k rho_k w_k A_k over all R states. The weight w_k is p_k R / N in the N
 * states and 0 in the other states.
 *
 * <p>If in case 1 the action mask forbids an action, a branch tries another action instead (see {@link BranchRound}).
 * The forbidden action k gets the value Q_k of this branch. This value does not change L, because p_k is 0.
 *
 * <p>In case 2, the gradient of L_n at theta_old is 1/K sum_k (Q_k - mean Q) d log pi(a_k|s_n). The baseline is mean Q.
 * It contains Q_k itself, with the weight 1/K, and this part cancels 1/K of the gradient. So in expectation, case 2 has
 * (1 - 1/K) times the gradient of case 1. The factor is the same for all states. So, without an entropy bonus, it does
 * not change the direction of a step in the trust region. It does not change the length either: delta determines the
 * length in this direction.
 *
 * <p>{@link VineCollector} fills the object and reuses it in each iteration.
 */
public final class Branches {

    private final Shape shape;
    private final int[] rows; // [N], for each of the N states its row in the trunk
    private final DMatrixRMaj[] tried; // [K] of [N][action size]
    private final double[][] rewards; // [K][N], sum of gamma^t r_t
    private final double[][] discounts; // [K][N], gamma^h; 0 after a terminal state
    private final DMatrixRMaj rawLasts; // [K*N][observation size], s_h of action k and state n in row k * N + n
    private final DMatrixRMaj lasts; // [K*N][observation size], rawLasts after normalisation
    private final double[] lastValues; // [K*N]
    private final double[][] values; // Q [K][N]
    private final DMatrixRMaj observations; // [N][observation size]
    private final double[][] probabilities; // p [K][N]
    private final DMatrixRMaj[] actions; // [K] of [R][action size]
    private final double[][] advantages; // A [K][R]
    private final double[][] weights; // w [K][R]
    private Activations activations;

    /**
     * The numbers of states, actions and steps.
     *
     * @param states N
     * @param actions K, the number of actions tried in each state
     * @param allActions whether all possible actions are tried, each once; otherwise K actions are drawn from the
     *     policy
     * @param horizon H, the maximum number of steps of a branch
     */
    public record Shape(int states, int actions, boolean allActions, int horizon) {}

    /**
     * Allocates the memory for branches.
     *
     * @param trunk R, the number of the trunk's states
     */
    Branches(Shape shape, int trunk, int observationSize, int actionSize) {
        int states = shape.states();
        int k = shape.actions();
        this.shape = shape;
        this.rows = new int[states];
        this.tried = matrices(k, states, actionSize);
        this.rewards = new double[k][states];
        this.discounts = new double[k][states];
        this.rawLasts = new DMatrixRMaj(k * states, observationSize);
        this.lasts = new DMatrixRMaj(k * states, observationSize);
        this.lastValues = new double[k * states];
        this.values = new double[k][states];
        this.observations = new DMatrixRMaj(states, observationSize);
        this.probabilities = new double[k][states];
        this.actions = matrices(k, trunk, actionSize);
        this.advantages = new double[k][trunk];
        this.weights = new double[k][trunk];
    }

    private static DMatrixRMaj[] matrices(int count, int rows, int columns) {
        DMatrixRMaj[] matrices = new DMatrixRMaj[count];
        Arrays.setAll(matrices, k -> new DMatrixRMaj(rows, columns));
        return matrices;
    }

    /** Sets the rewards to 0 and the discounts to 1, for new branches. */
    void begin() {
        for (int k = 0; k < tried.length; k++) {
            Arrays.fill(rewards[k], 0);
            Arrays.fill(discounts[k], 1);
        }
    }

    /** Records the row of the trunk in which state n is. */
    void state(int n, int row) {
        rows[n] = row;
    }

    /** Copies the action of a branch from a row. */
    void action(int n, int k, DMatrixRMaj from, int row) {
        copyRow(from, row, tried[k], n);
    }

    /** Adds the next reward of a branch. */
    void reward(int n, int k, double reward, double gamma) {
        rewards[k][n] += discounts[k][n] * reward;
        discounts[k][n] *= gamma;
    }

    /** Ends a branch in a terminal state. */
    void terminal(int n, int k) {
        int width = rawLasts.numCols;
        discounts[k][n] = 0;
        Arrays.fill(rawLasts.data, last(n, k) * width, (last(n, k) + 1) * width, 0);
    }

    /** Ends a branch in a state after which its episode would have continued. */
    void last(int n, int k, DMatrixRMaj from, int row) {
        copyRow(from, row, rawLasts, last(n, k));
    }

    private int last(int n, int k) {
        return k * shape.states() + n;
    }

    private static void copyRow(DMatrixRMaj from, int row, DMatrixRMaj to, int target) {
        int width = to.numCols;
        System.arraycopy(from.data, row * width, to.data, target * width, width);
    }

    /**
     * Computes Q of the tried actions with the critic, and p of these actions. Then computes A and w in all states of
     * the trunk.
     */
    void evaluate(ActorCritic learner, Rollout trunk) {
        learner.normalizer().normalize(rawLasts, lasts, 0, lastValues.length);
        learner.critic().predict(lasts, lastValues);
        for (int k = 0; k < tried.length; k++) {
            for (int n = 0; n < rows.length; n++) {
                values[k][n] = Math.fma(discounts[k][n], lastValues[last(n, k)], rewards[k][n]);
            }
        }
        if (shape.allActions()) {
            computeProbabilities(learner, trunk);
        } else {
            Arrays.stream(probabilities).forEach(each -> Arrays.fill(each, 1.0 / tried.length));
        }
        spread(trunk);
    }

    private void computeProbabilities(ActorCritic learner, Rollout trunk) {
        for (int n = 0; n < rows.length; n++) {
            copyRow(trunk.observations(), rows[n], observations, n);
        }
        Policy policy = learner.policy();
        activations = policy.network().activations(observations, activations);
        policy.forward(learner.theta(), activations, 0, rows.length);
        for (int k = 0; k < tried.length; k++) {
            double[] p = probabilities[k];
            policy.distribution()
                    .logProbability(policy.inputs(learner.theta(), activations), tried[k], p, 0, rows.length);
            Arrays.setAll(p, n -> StrictMath.exp(p[n]));
        }
    }

    /**
     * Writes actions, advantages and weights into the rows of the N states. The other rows get the actions of the
     * trunk, and advantages and weights of 0.
     */
    private void spread(Rollout trunk) {
        double share = (double) trunk.size() / rows.length;
        for (int k = 0; k < tried.length; k++) {
            Arrays.fill(advantages[k], 0);
            Arrays.fill(weights[k], 0);
            actions[k].setTo(trunk.actions());
        }
        for (int n = 0; n < rows.length; n++) {
            double baseline = 0;
            for (int k = 0; k < tried.length; k++) {
                baseline += probabilities[k][n] * values[k][n];
            }
            for (int k = 0; k < tried.length; k++) {
                advantages[k][rows[n]] = values[k][n] - baseline;
                weights[k][rows[n]] = share * probabilities[k][n];
                copyRow(tried[k], n, actions[k], rows[n]);
            }
        }
    }

    /** The numbers of states, actions and steps. */
    public Shape shape() {
        return shape;
    }

    /** The row of state n in the trunk. */
    public int row(int n) {
        return rows[n];
    }

    /** The value Q of the k-th action of each state [N], not a copy. */
    public double[] values(int k) {
        return values[k];
    }

    /** The maximum absolute value of any Q. */
    public double greatestValue() {
        return Arrays.stream(values).mapToDouble(Vectors::greatest).max().orElseThrow();
    }

    /**
     * The k-th action of each state of the trunk [R][action size], not a copy. A state without branches has the action
     * of the trunk.
     */
    public DMatrixRMaj actions(int k) {
        return actions[k];
    }

    /** The advantages A of the k-th actions [R], not a copy; 0 for a state without branches. */
    public double[] advantages(int k) {
        return advantages[k];
    }

    /** The weights w of the k-th actions [R], not a copy; 0 for a state without branches. */
    public double[] weights(int k) {
        return weights[k];
    }
}
