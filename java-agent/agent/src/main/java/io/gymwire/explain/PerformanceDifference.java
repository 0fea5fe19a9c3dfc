// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.report.Bootstrap;
import io.gymwire.rollout.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Estimates of J(new) - J(old), the difference of expected discounted returns. Some are differences of measured
 * returns. The others use the performance difference lemma of Kakade and Langford (2002):
 * J(new) - J(old) = E[sum_t gamma^t A_old(s_t, a_t)] over episodes of the new policy. {@link #byFreshEpisodes} also
 * estimates other quantities, for comparison: see {@link Improvement.Fresh}.
 *
 * <p>With states of the old policy instead of states of the new policy, the expectation becomes the surrogate
 * (1 / (1 - gamma)) E[(pi_new / pi_old) A_old]. For pi_new = pi_old, the surrogate is 0 if the advantages are
 * exact. If they are estimated from samples, the surrogate can have another value for pi_new = pi_old.
 * {@link #byImportance} subtracts this value.
 */
final class PerformanceDifference {

    private static final int REPLICATIONS = 10_000;

    private PerformanceDifference() {}

    /**
     * The estimate from the newest rollout by importance weights. For the estimate's interval, {@link Bootstrap} draws
     * pieces of trajectories. A piece is the steps of one environment up to the end of an episode or of the rollout.
     *
     * @param ratios pi_new / pi_old of each sample [T*N]
     * @param advantages A_old of each sample, not normalised, times the sample's weight in the batch [T*N or more];
     *     only the first T*N are used
     * @param gamma discount, in (0, 1]; with 1, the estimate is not finite
     */
    static Improvement.Estimate byImportance(Rollout rollout, double[] ratios, double[] advantages, double gamma) {
        List<double[]> pieces = new ArrayList<>(); // the sum and the length of each piece
        for (int env = 0; env < rollout.envs(); env++) {
            double[] piece = new double[2];
            for (int i = env; i < rollout.size(); i += rollout.envs()) {
                piece[0] += (ratios[i] - 1) * advantages[i];
                piece[1]++;
                boolean ended = rollout.terminated()[i] || rollout.truncated()[i];
                if (ended || i + rollout.envs() >= rollout.size()) {
                    pieces.add(piece);
                    piece = new double[2];
                }
            }
        }
        double[] indices = new double[pieces.size()];
        Arrays.setAll(indices, i -> i);
        return estimate(indices, drawn -> {
            double sum = 0;
            double length = 0;
            for (double index : drawn) {
                sum += pieces.get((int) index)[0];
                length += pieces.get((int) index)[1];
            }
            return sum / length / (1 - gamma);
        });
    }

    /**
     * The estimates from episodes of the old and of the new policy. For a difference, the bootstrap draws the two
     * episodes with the same seed together.
     */
    static Improvement.Fresh byFreshEpisodes(List<FreshEpisodes.Episode> before, List<FreshEpisodes.Episode> after) {
        double[] discounted = new double[before.size()];
        double[] undiscounted = new double[before.size()];
        for (int i = 0; i < discounted.length; i++) {
            discounted[i] = after.get(i).discounted() - before.get(i).discounted();
            undiscounted[i] = after.get(i).undiscounted() - before.get(i).undiscounted();
        }
        return new Improvement.Fresh(
                before.size(),
                mean(after, FreshEpisodes.Episode::advantage),
                mean(before, FreshEpisodes.Episode::advantage),
                mean(discounted),
                new Improvement.Undiscounted(
                        mean(before, FreshEpisodes.Episode::undiscounted),
                        mean(after, FreshEpisodes.Episode::undiscounted),
                        mean(undiscounted)));
    }

    private static Improvement.Estimate mean(
            List<FreshEpisodes.Episode> episodes, ToDoubleFunction<FreshEpisodes.Episode> quantity) {
        return mean(episodes.stream().mapToDouble(quantity).toArray());
    }

    private static Improvement.Estimate mean(double[] values) {
        return estimate(values, drawn -> Arrays.stream(drawn).average().orElseThrow());
    }

    private static Improvement.Estimate estimate(double[] values, ToDoubleFunction<double[]> statistic) {
        Bootstrap.Interval interval = Bootstrap.interval(new double[][] {values}, statistic, REPLICATIONS);
        return new Improvement.Estimate(statistic.applyAsDouble(values), interval.low(), interval.high());
    }
}
