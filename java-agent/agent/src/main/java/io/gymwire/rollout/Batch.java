// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.linalg.Vectors;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * The data of one update: N states with the actions that were tried in them. The states can have any order, except with
 * {@code --fim-subsample}, which needs the order of {@link Rollout}. Without branches, one action was tried in each
 * state. With branches (vine sampling), K actions were tried in some of the states.
 *
 * @param observations the normalised observations, [N][observation size]
 * @param actions the actions as the policy drew them (unclipped), [N][action size]
 * @param advantages A(s_i, a_i) before normalisation, [N]
 * @param weights pi_old(a_i|s_i) / pi_i(a_i|s_i), [N], where pi_i is the policy that drew a_i. If pi_i is the old
 *     policy, the weight is 1. {@link BatchAssembler} limits large weights
 * @param branches the branches that start in states of the trajectories; empty without vine sampling. If there are
 *     branches, the surrogate L uses their actions, advantages and weights instead of the arrays of this record.
 *     Divergence and entropy are averaged over all N states
 */
public record Batch(
        DMatrixRMaj observations,
        DMatrixRMaj actions,
        double[] advantages,
        double[] weights,
        Optional<Branches> branches) {

    public Batch {
        int size = observations.numRows;
        if (size == 0) {
            throw new IllegalArgumentException("a batch needs at least one transition");
        }
        if (actions.numRows != size || advantages.length != size || weights.length != size) {
            throw new IllegalArgumentException("a batch of " + size + " observations has " + actions.numRows
                    + " actions, " + advantages.length + " advantages and " + weights.length + " weights");
        }
    }

    /** A batch of transitions without branches. */
    public Batch(DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages, double[] weights) {
        this(observations, actions, advantages, weights, Optional.empty());
    }

    /** A batch with these transitions, and with branches that start in their states. */
    public Batch with(Branches branches) {
        return new Batch(observations, actions, advantages, weights, Optional.of(branches));
    }

    /** Whether all advantages are finite, including the advantages of branches. */
    public boolean isFinite() {
        return Vectors.isFinite(advantages)
                && branches.stream()
                        .allMatch(each -> IntStream.range(0, actionsPerState())
                                .allMatch(k -> Vectors.isFinite(each.advantages(k))));
    }

    /** K, the number of actions tried in each state that has branches; 1 for a batch without branches. */
    public int actionsPerState() {
        return branches.map(each -> each.shape().actions()).orElse(1);
    }

    /** The k-th action of each state [N][action size]. A state without branches has the same action for every k. */
    public DMatrixRMaj actions(int k) {
        return branches.map(each -> each.actions(k)).orElse(actions);
    }

    /** Whether the surrogate divides the probability ratios of a state's actions by their mean. */
    public boolean selfNormalized() {
        return branches.isPresent() && !branches.get().shape().allActions();
    }

    /** A batch of transitions that were all collected with the old policy. */
    public static Batch onPolicy(DMatrixRMaj observations, DMatrixRMaj actions, double[] advantages) {
        double[] ones = new double[advantages.length];
        Arrays.fill(ones, 1);
        return new Batch(observations, actions, advantages, ones);
    }

    /** N, the number of states. */
    public int size() {
        return observations.numRows;
    }
}
