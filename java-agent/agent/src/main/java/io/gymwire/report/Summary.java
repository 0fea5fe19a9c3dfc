// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.report.Bootstrap.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A summary of one kind of score over the runs of a group, which usually differ only in their seeds.
 *
 * @param group the runs
 * @param score the kind of score
 * @param values the score of each run that has this kind of score
 * @param interval the bootstrap interval of the interquartile mean
 */
record Summary(Group group, Score score, double[] values, Interval interval) {

    private static final int REPLICATIONS = 50_000;

    /** The kinds of scores of a run. */
    enum Score {
        LAST_100("training, last 100 episodes", run -> run.scores().last100()),
        BEST("training, best of curve", run -> run.scores().best().value()),
        DETERMINISTIC("evaluation, deterministic", run -> run.scores().deterministic()),
        STOCHASTIC("evaluation, stochastic", run -> run.scores().stochastic());

        final String title;
        final ToDoubleFunction<Run> value;

        Score(String title, ToDoubleFunction<Run> value) {
            this.title = title;
            this.value = value;
        }
    }

    /** One summary for each kind of score that at least one run of the group has. */
    static List<Summary> of(Group group) {
        List<Summary> summaries = new ArrayList<>();
        for (Score score : Score.values()) {
            double[] values = group.scores(score.value);
            if (values.length > 0) {
                summaries.add(new Summary(
                        group,
                        score,
                        values,
                        Bootstrap.interval(new double[][] {values}, Statistics::interquartileMean, REPLICATIONS)));
            }
        }
        return summaries;
    }

    /** The number of runs that have the score. */
    int seeds() {
        return values.length;
    }

    double mean() {
        return Statistics.mean(values);
    }

    /** The sample standard deviation, with the divisor n - 1. */
    double std() {
        return Statistics.std(values);
    }

    double median() {
        return Statistics.median(values);
    }

    /** The interquartile mean. */
    double iqm() {
        return Statistics.interquartileMean(values);
    }

    /**
     * A summary over several environments, for groups with the same label.
     *
     * @param label the label of the groups
     * @param environments number of environments
     * @param runs number of runs
     * @param iqm interquartile mean of the normalised scores of all runs
     * @param interval the bootstrap interval of {@code iqm}; each environment is a stratum, see {@link Bootstrap}
     */
    record Overall(String label, int environments, int runs, double iqm, Interval interval) {

        /**
         * Summarises the final training returns of several environments together. Each environment has its own scale: 0
         * is the start of the learning curves, averaged over the environment's runs. 1 is the best final return of any
         * of these runs. If this return is not above the start, the start is subtracted from the returns, but they are
         * not scaled.
         *
         * @param groups all groups; groups with equal labels are summarised together
         * @return one summary for each label that has several environments
         */
        static List<Overall> of(List<Group> groups) {
            List<Overall> all = new ArrayList<>();
            for (String label : groups.stream().map(Group::label).distinct().toList()) {
                List<Group> own = groups.stream()
                        .filter(group -> group.label().equals(label))
                        .toList();
                if (own.size() > 1) {
                    double[][] strata =
                            own.stream().map(group -> normalised(group, groups)).toArray(double[][]::new);
                    int runs =
                            own.stream().mapToInt(group -> group.runs().size()).sum();
                    double[] pooled = own.stream()
                            .flatMapToDouble(group -> Arrays.stream(normalised(group, groups)))
                            .toArray();
                    all.add(new Overall(
                            label,
                            own.size(),
                            runs,
                            Statistics.interquartileMean(pooled),
                            Bootstrap.interval(strata, Statistics::interquartileMean, REPLICATIONS)));
                }
            }
            return all;
        }

        private static double[] normalised(Group group, List<Group> groups) {
            List<Run> rivals = groups.stream()
                    .filter(other -> other.envId().equals(group.envId()))
                    .flatMap(other -> other.runs().stream())
                    .toList();
            double low = rivals.stream()
                    .mapToDouble(run -> run.curve(RunReader.RETURN).values()[0])
                    .average()
                    .orElseThrow();
            double high = rivals.stream()
                    .mapToDouble(run -> run.scores().last100())
                    .max()
                    .orElseThrow();
            double range = high > low ? high - low : 1;
            return group.runs().stream()
                    .mapToDouble(run -> (run.scores().last100() - low) / range)
                    .toArray();
        }
    }
}
