// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.learn.Algorithm;
import io.gymwire.learn.RunMetrics;
import io.gymwire.update.UpdateMetrics;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The effect of a run's updates on the policy.
 *
 * @param count the number of updates
 * @param seconds median time of an update. It includes the computation of the advantages, but not the critic's fit
 * @param bounds the limit of each update's mean KL divergence, in nats [updates]: the current delta, or the setting
 *     that the algorithm declares as the limit of the divergence; NaN if unknown
 * @param divergences mean KL(old || new) of each update, in nats [updates]
 * @param drops the number of drops of the learning curve, see {@link #drops(double[])}
 */
record Updates(int count, double seconds, double[] bounds, double[] divergences, int drops) {

    static final String METHOD = """
            An update is beyond the bound if its mean KL divergence over the batch's states is larger than the \
            current delta%s. A drop is a fall of the learning curve (mean return of the last 100 episodes) below its \
            highest value so far, by more than a tenth of the gain up to this value. The next drop counts only after \
            the curve is back at its highest value. The seconds are medians over a run's updates, averaged over \
            seeds. Updates, drops and the share beyond the bound are means over seeds. The largest divergence is the \
            largest of all runs.""".formatted(otherBounds());

    private static final double TENTH = 0.1;

    private static String otherBounds() {
        return Algorithm.limits(UpdateMetrics.KL_DIVERGENCE).entrySet().stream()
                .map(limit -> " or, for " + limit.getKey().name() + ", than " + limit.getValue())
                .collect(Collectors.joining(","));
    }

    static Updates of(Run run) {
        double[] divergences = run.table().numbers(UpdateMetrics.KL_DIVERGENCE.name());
        double[] bounds = run.limit(UpdateMetrics.KL_DIVERGENCE)
                .map(Run.Limit::values)
                .orElseGet(() -> run.table().numbers(UpdateMetrics.DELTA.name()));
        double[] seconds = Arrays.stream(run.table().numbers(RunMetrics.UPDATE_SECONDS.name()))
                .filter(Double::isFinite)
                .toArray();
        return new Updates(
                divergences.length,
                Statistics.median(seconds),
                bounds,
                divergences,
                drops(run.curve(RunReader.RETURN).values()));
    }

    /** The share of the updates whose divergence is beyond the bound; NaN if no update can be compared. */
    double shareBeyond() {
        int[] known = IntStream.range(0, count)
                .filter(i -> Double.isFinite(bounds[i]) && Double.isFinite(divergences[i]))
                .toArray();
        return Arrays.stream(known)
                .mapToDouble(i -> divergences[i] > bounds[i] ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    double largest() {
        return Arrays.stream(divergences).filter(Double::isFinite).max().orElse(Double.NaN);
    }

    /**
     * The number of drops of a curve. The gain is the curve's highest value so far minus its first value. A drop is a
     * fall below the highest value by more than a tenth of the gain. The next drop counts only after the curve is back
     * at its highest value.
     */
    static int drops(double[] curve) {
        int drops = 0;
        double best = Double.NEGATIVE_INFINITY;
        boolean dropped = false;
        for (double value : curve) {
            if (value >= best) {
                best = value;
                dropped = false;
            } else if (!dropped && best - value > TENTH * (best - curve[0])) {
                drops++;
                dropped = true;
            }
        }
        return drops;
    }
}
