// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

/**
 * The prediction of the theory for J(new) - J(old), and the estimate of this difference from new episodes. J is the
 * expected discounted return of an episode, except where stated otherwise.
 *
 * @param bound the least J(new) - J(old) that the theory allows
 * @param importance the estimate of J(new) - J(old) by the performance difference lemma, with the old policy's states:
 *     the mean over the batch of (pi_new / pi_old - 1) w A, divided by 1 - gamma. w is 1 for a sample of the old
 *     policy; for a sample of an earlier policy, it is the sample's weight in the batch
 * @param fresh the estimates from new episodes
 */
record Improvement(Bound bound, Estimate importance, Fresh fresh) {

    /** A mean, and the interval that contains 95 percent of the bootstrap's means; NaN if unknown. */
    record Estimate(double mean, double low, double high) {}

    /**
     * Schulman et al. 2015, theorem 1: J(new) - J(old) &gt;= gain - C klMax, C = 4 epsilon gamma / (1 - gamma)^2.
     *
     * @param gamma discount
     * @param gain the estimate of L(new) - L(old), equal to the mean of {@code importance}. L is the paper's surrogate,
     *     in which a state visited at step t has the weight gamma^t. The advantages are not normalised
     * @param epsilon greatest |A| of a sample
     * @param klMax greatest KL(old || new) of a sampled state, in nats
     */
    record Bound(double gamma, double gain, double epsilon, double klMax) {

        /** C; infinite if gamma is 1. */
        double coefficient() {
            return 4 * epsilon * gamma / ((1 - gamma) * (1 - gamma));
        }

        /** The bound; 0 if the policy did not change. */
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
     * @param discounted difference of mean discounted returns, new - old
     * @param undiscounted the undiscounted returns of both policies
     */
    record Fresh(int episodes, Estimate lemma, Estimate critic, Estimate discounted, Undiscounted undiscounted) {}

    /** Mean returns of the old policy and the new policy, and their difference, new - old. */
    record Undiscounted(Estimate before, Estimate after, Estimate difference) {}
}
