// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.distribution.DistributionMetrics;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricGroup;
import io.gymwire.metrics.Panel;
import java.util.Arrays;
import java.util.List;

/** Metrics of a run that do not depend on the kind of its policy or update. */
public final class RunMetrics {

    /** The metrics of the run. In progress.csv, their columns are before the columns of the update's metrics. */
    public static final MetricGroup RUN = new MetricGroup();

    public static final Metric ITERATIONS = RUN.metric("time/iterations").text("completed iterations");

    public static final Metric TOTAL_TIMESTEPS =
            RUN.metric("time/total_timesteps").text("environment steps taken, over all environments");

    public static final Metric TIME_ELAPSED = RUN.metric("time/time_elapsed")
            .timing()
            .text("seconds since the run began, or since it last continued from a checkpoint");

    public static final Metric FPS = RUN.metric("time/fps")
            .timing()
            .inLine(2, "%s steps/s", "%,.0f")
            .text("environment steps per second since the run began, or since it last continued from a checkpoint");

    public static final Metric ROLLOUT_SECONDS =
            RUN.metric("time/rollout_s").timing().text("seconds in which the batch was collected");

    public static final Metric UPDATE_SECONDS =
            RUN.metric("time/update_s").timing().text("seconds to compute the advantages and update the policy");

    public static final Metric CRITIC_SECONDS =
            RUN.metric("time/critic_s").timing().text("seconds of the critic's fit");

    public static final Metric CRITIC_WAIT_SECONDS =
            RUN.metric("time/critic_wait_s").timing().text("seconds of the critic's fit in which nothing else ran");

    public static final Metric EPISODE_RETURN = RUN.metric("rollout/ep_rew_mean")
            .inLine(1, "return %s", "%.1f")
            .text("mean undiscounted return of the last 100 training episodes");

    public static final Metric EPISODE_LENGTH =
            RUN.metric("rollout/ep_len_mean").text("mean number of steps of the last 100 training episodes");

    /** The metrics of the critic. */
    public static final MetricGroup CRITIC = new MetricGroup();

    public static final Metric VALUE_LOSS =
            CRITIC.metric("train/value_loss").text("mean squared error of the critic over the last pass of its fit");

    /** The chart does not show values below -1: the explained variance of a new critic can be far below 0. */
    public static final Metric EXPLAINED_VARIANCE = CRITIC.metric("train/explained_variance")
            .drawn(Panel.of("Explained variance of the critic", "").from(-1).to(1))
            .text("1 - Var(returns - values) / Var(returns) of the critic before it was fitted to the batch: 1 is"
                    + " perfect, 0 is no better than a constant. The returns are the targets of the fit");

    /**
     * Metrics of the policy's change in an iteration. The update and the normaliser's new statistics cause this change.
     */
    public static final MetricGroup POLICY = new MetricGroup();

    public static final Metric KL_OF_ITERATION = POLICY.metric("train/kl_of_iteration")
            .text("mean KL(policy before the update || policy after the iteration) over the states of the newest"
                    + " rollout, in nats; it includes the effect of the normaliser's new statistics");

    private RunMetrics() {}

    /** The metrics of a run, in the order of their columns. */
    static List<MetricGroup> groups(MetricGroup update) {
        return List.of(RUN, update, POLICY, CRITIC, DistributionMetrics.GROUP);
    }

    /** All metrics that a run can have, whichever algorithm it uses. */
    public static List<Metric> all() {
        return Arrays.stream(Algorithm.values())
                .flatMap(algorithm -> groups(algorithm.metrics()).stream())
                .flatMap(group -> group.metrics().stream())
                .distinct()
                .toList();
    }
}
