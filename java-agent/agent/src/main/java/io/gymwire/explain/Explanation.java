// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.metrics.MetricValues;
import io.gymwire.update.natural.LineSearchTry;
import java.util.List;
import java.util.Optional;

/**
 * The numbers that explain one update.
 *
 * @param subject the explained update
 * @param collected the data that the update learned from
 * @param surroundings the objective and the plane around theta_old; empty if there is no gradient, for example because
 *     all advantages are equal
 * @param way how the new parameters were found, or which steps the line search rejected; empty if the update computed
 *     no finite step, or if its algorithm cannot report its steps
 * @param improvement what the theory and the surrogate predicted, and what the update achieved
 */
public record Explanation(
        Subject subject,
        BatchSummary collected,
        Optional<Surroundings> surroundings,
        Optional<Way> way,
        Improvement improvement) {

    /**
     * The update that is explained.
     *
     * @param run the run of the update
     * @param steps environment steps before the update's batch was collected
     * @param iteration number of the iteration, from 1
     * @param outcome the result of the update, in one sentence
     * @param measured the metrics of the update, as in progress.csv
     */
    public record Subject(Run run, long steps, long iteration, String outcome, MetricValues measured) {}

    /**
     * The objective and the plane around theta_old.
     *
     * @param objective L and g
     * @param plane the plane of the gradient and the natural gradient; empty if both have the same direction, if there
     *     is no finite step along the natural gradient, or if the bound on the divergence is not above 0
     */
    record Surroundings(Objective objective, Optional<Plane> plane) {}

    /** The path of an update from theta_old to theta_new. */
    sealed interface Way permits TrustRegion, PassPath {}

    /** Environment, algorithm and seed of a run. */
    public record Run(String envId, String algorithm, long seed) {}

    /**
     * The path of an update along the natural gradient; symbols as in {@link io.gymwire.update.natural.NaturalUpdate}.
     *
     * @param solution the solution of (F + damping I) x = g
     * @param multiplier the Lagrange multiplier lambda, and how well the conditions of Karush, Kuhn and Tucker hold
     * @param path the surrogate and the divergence along the step, and their models
     * @param tries the tries of the line search, in order; none for an algorithm without a line search
     * @param fullStep the step of an algorithm without a line search; empty for an algorithm with a line search
     */
    record TrustRegion(
            Solution solution,
            Multiplier multiplier,
            StepPath path,
            List<LineSearchTry> tries,
            Optional<FullStep> fullStep)
            implements Way {}
}
