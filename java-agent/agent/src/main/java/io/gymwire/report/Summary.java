// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.report.Bootstrap.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One score of one group, summed up over its seeds.
 *
 * @param group the runs
 * @param score what was measured
 * @param seeds number of runs that have it
 * @param mean over seeds
 * @param std over seeds, of a sample
 * @param median over seeds
 * @param iqm the interquartile mean
 * @param interval bootstrap interval of the interquartile mean
 */
record Summary(
        Group group, Score score, int seeds, double mean, double std, double median, double iqm, Interval interval) {

    private static final int REPLICATIONS = 50_000;

    /** What is measured of a run. */
    enum Score {
        LAST_100("training, last 100 episodes", Run::last100),
        BEST("training, best of curve", Run::best),
        DETERMINISTIC("evaluation, deterministic", Run::deterministic),
        STOCHASTIC("evaluation, stochastic", Run::stochastic);

        final String title;
        final ToDoubleFunction<Run> value;

        Score(String title, ToDoubleFunction<Run> value) {
            this.title = title;
            this.value = value;
        }
    }

    /** Sums up every score that a run of the group has. */
    static List<Summary> of(Group group) {
        List<Summary> summaries = new ArrayList<>();
        for (Score score : Score.values()) {
            double[] scores = group.scores(score.value);
            if (scores.length > 0) {
                summaries.add(new Summary(
                        group,
                        score,
                        scores.length,
                        Statistics.mean(scores),
                        Statistics.std(scores),
                        Statistics.median(scores),
                        Statistics.interquartileMean(scores),
                        Bootstrap.interval(new double[][] {scores}, Statistics::interquartileMean, REPLICATIONS)));
            }
        }
        return summaries;
    }

    /**
     * Several environments together, for runs of one kind of settings.
     *
     * @param label of the groups
     * @param environments number of environments
     * @param runs number of runs
     * @param iqm interquartile mean of the normalised scores of all runs
     * @param interval stratified over the environments
     */
    record Overall(String label, int environments, int runs, double iqm, Interval interval) {

        /**
         * Sums up the final training returns over environments, each put on a scale of its own on which 0 is where the
         * curves of the environment begin, on average over its runs, and 1 the best final return of any run of it.
         *
         * @param groups all groups; those of equal labels are taken together
         * @return one for each label that has several environments
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
            double high = rivals.stream().mapToDouble(Run::last100).max().orElseThrow();
            double range = high > low ? high - low : 1;
            return group.runs().stream()
                    .mapToDouble(run -> (run.last100() - low) / range)
                    .toArray();
        }
    }
}
