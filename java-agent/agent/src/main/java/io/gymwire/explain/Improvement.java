// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

/**
 * The theory's bound on J(new) - J(old), and estimates of this difference from the newest rollout and from new
 * episodes. J is the expected discounted return of an episode.
 *
 * @param bound the least J(new) - J(old) that the theory allows
 * @param importance the estimate of J(new) - J(old) by the performance difference lemma, with the old policy's states:
 *     the mean of (pi_new / pi_old - 1) w A over the newest rollout, divided by 1 - gamma. w is 1 for a sample of the
 *     old policy. For a sample of an earlier policy (with {@code --lag 1}), w is the sample's weight in the batch
 * @param fresh the estimates from new episodes
 */
record Improvement(Bound bound, Estimate importance, Fresh fresh) {

    /**
     * A mean, and the interval that contains 95 percent of the bootstrap's means. The bootstrap draws episodes or, for
     * {@code importance}, pieces of trajectories. The ends of the interval are NaN if there are fewer than two episodes
     * or pieces.
     */
    record Estimate(double mean, double low, double high) {}

    /**
     * Schulman et al. 2015, theorem 1: J(new) - J(old) &gt;= gain - C klMax, C = 4 epsilon gamma / (1 - gamma)^2.
     *
     * @param gamma discount
     * @param gain the estimate of L(new) - L(old), equal to the mean of {@code importance}. L is the paper's surrogate.
     *     In L, a state visited at step t has the weight gamma^t. In the estimate, all states have the same weight. The
     *     advantages are not normalised
     * @param epsilon greatest |A| in the newest rollout
     * @param klMax greatest KL(old || new) in a state of the newest rollout, in nats
     */
    record Bound(double gamma, double gain, double epsilon, double klMax) {

        /** C; not finite if gamma is 1. */
        double coefficient() {
            return 4 * epsilon * gamma / ((1 - gamma) * (1 - gamma));
        }

        /** The bound. If {@code klMax} is 0, the bound is {@code gain}, also if C is not finite. */
        double value() {
            return klMax == 0 ? gain : gain - coefficient() * klMax;
        }
    }

    /**
     * Estimates from episodes of both policies with equal seeds.
     *
     * @param episodes number of episodes of each policy
     * @param lemma mean over the new policy's episodes of the sum of gamma^t A_old(s_t, a_t)
     * @param critic the same mean over the old policy's episodes; it differs from 0 only by the critic's error and by
     *     chance
     * @param discounted difference of mean discounted returns, new - old. If an episode is only truncated, its return
     *     here includes the critic's value of its last observation
     * @param undiscounted the undiscounted returns of both policies
     */
    record Fresh(int episodes, Estimate lemma, Estimate critic, Estimate discounted, Undiscounted undiscounted) {}

    /** Mean returns of the old policy and the new policy, and their difference, new - old. */
    record Undiscounted(Estimate before, Estimate after, Estimate difference) {}
}
