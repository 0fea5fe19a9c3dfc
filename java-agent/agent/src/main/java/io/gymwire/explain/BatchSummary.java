// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import io.gymwire.rollout.Rollout;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * Sizes and statistics of the data that an update learns from.
 *
 * @param samples number of samples in the batch, without the branches of vine sampling. With {@code --reuse}, the batch
 *     also contains rollouts of earlier iterations
 * @param newest number of samples in the newest rollout
 * @param envs number of environments
 * @param returns the returns of the episodes that ended in the newest rollout
 * @param advantages the advantages of the batch's samples, before normalisation. With vine sampling, the update uses
 *     the advantages of the branches instead
 */
record BatchSummary(int samples, int newest, int envs, Returns returns, Spread advantages) {

    /**
     * The number of episodes; the mean, minimum and maximum of their undiscounted returns; their mean length in steps.
     * Without episodes, all values except the number are NaN.
     */
    record Returns(int episodes, double mean, double least, double most, double length) {}

    /** Mean, population standard deviation and range. */
    record Spread(double mean, double std, double least, double most) {}

    static BatchSummary of(UpdateInput input) {
        Rollout rollout = input.rollout();
        double[] advantages = input.batch().advantages();
        DoubleSummaryStatistics all = new DoubleSummaryStatistics();
        for (double advantage : advantages) {
            all.accept(advantage);
        }
        return new BatchSummary(
                input.batch().size(),
                rollout.size(),
                rollout.envs(),
                returns(rollout.episodes()),
                new Spread(
                        Vectors.mean(advantages), Math.sqrt(Vectors.variance(advantages)), all.getMin(), all.getMax()));
    }

    private static Returns returns(List<Rollout.Episode> episodes) {
        if (episodes.isEmpty()) {
            return new Returns(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        DoubleSummaryStatistics returns =
                episodes.stream().mapToDouble(Rollout.Episode::totalReward).summaryStatistics();
        double length =
                episodes.stream().mapToLong(Rollout.Episode::length).average().orElseThrow();
        return new Returns(episodes.size(), returns.getAverage(), returns.getMin(), returns.getMax(), length);
    }
}
