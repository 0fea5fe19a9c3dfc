// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import io.gymwire.record.CsvTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The evaluations of one run.
 *
 * @param after {@code evaluations.csv}, which {@code eval} writes. In files of older versions, there is no column step
 * @param during {@code curve.csv}, the evaluations during training
 */
record Evaluations(CsvTable after, CsvTable during) {

    private static final String STEP = "step";

    /**
     * The mean return of the last evaluation with this kind of policy; NaN if there is none. If the files have the same
     * last step, the result is from {@code evaluations.csv}. If this file has no column step, the result is from
     * {@code curve.csv} if possible.
     *
     * @param policy {@code deterministic} or {@code stochastic}; only episodes of this kind count
     */
    double mean(String policy) {
        double stepAfter = lastStep(after, policy);
        double stepDuring = lastStep(during, policy);
        return Double.isNaN(stepDuring) || stepAfter >= stepDuring
                ? mean(after, policy, stepAfter)
                : mean(during, policy, stepDuring);
    }

    /** The last step of both files; NaN if no row has a step. */
    double lastStep() {
        return Stream.of(after, during)
                .flatMapToDouble(table -> Arrays.stream(table.numbers(STEP)))
                .filter(step -> !Double.isNaN(step))
                .max()
                .orElse(Double.NaN);
    }

    private static double lastStep(CsvTable table, String policy) {
        double[] steps = table.numbers(STEP);
        List<String> policies = table.texts("policy");
        return IntStream.range(0, steps.length)
                .filter(i -> policies.get(i).equals(policy) && !Double.isNaN(steps[i]))
                .mapToDouble(i -> steps[i])
                .max()
                .orElse(Double.NaN);
    }

    /** @param step the step of the rows that count; NaN for all rows of a table without steps */
    private static double mean(CsvTable table, String policy, double step) {
        double[] returns = table.numbers("return");
        double[] steps = table.numbers(STEP);
        List<String> policies = table.texts("policy");
        return Statistics.mean(IntStream.range(0, returns.length)
                .filter(i -> policies.get(i).equals(policy) && Double.compare(steps[i], step) == 0)
                .mapToDouble(i -> returns[i])
                .toArray());
    }
}
