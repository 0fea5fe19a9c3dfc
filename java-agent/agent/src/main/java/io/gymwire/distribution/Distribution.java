// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.Metric;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Parameter;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/**
 * A family of distributions pi(. | s) over actions. For each state, a network's output row o(s) and the distribution's
 * own parameters determine one distribution of the family. The own parameters, such as the standard deviations of a
 * Gaussian, do not depend on the state.
 *
 * <p>An action is a row of {@link #actionSize} numbers. A product of independent distributions is also a distribution
 * ({@link Product}). Each factor of a product has a {@link FactorPosition}: outputs, actions and similar arrays have
 * the columns of all factors, and each factor reads and writes its own columns.
 *
 * <p>Methods on a batch work on the rows {@code from}, ..., {@code to - 1} of arrays with one row per state. In an
 * array with {@code to - from} rows, row 0 belongs to the state {@code from}. The methods may run on several ranges at
 * the same time. Quantities are in nats.
 */
public interface Distribution {

    /** The number of network outputs that the distribution of one state takes. */
    int outputSize();

    /** The number of elements in one action. */
    int actionSize();

    /** The distribution's own parameters, with offsets that count from the first own parameter. */
    default List<Parameter> parameters() {
        return List.of();
    }

    /** The number of the distribution's own parameters. */
    default int parameterCount() {
        return parameters().stream().mapToInt(Parameter::size).sum();
    }

    /**
     * Writes the initial values of the distribution's own parameters.
     *
     * @param theta a policy's parameters; only the distribution's own parameters are overwritten
     * @param own index in theta of the first own parameter; a factor gets the index of the product's first own
     *     parameter
     */
    default void initialize(double[] theta, int own) {}

    /** Moves each own parameter that is outside its range to the nearest value in the range. */
    default void project(double[] theta, int own) {}

    /**
     * Draws an action for one row.
     *
     * @param random the stream to draw from, for example the stream of the environment that will take the action
     * @param step the action's place in that stream, from 0; usually the number of actions that were drawn from it
     *     before
     * @param actions row {@code actionRow} is overwritten
     */
    void sample(DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow);

    /** Writes the most probable action of one row (for a Gaussian, the mean), for deterministic evaluation. */
    void mode(DistributionInputs inputs, int row, DMatrixRMaj actions, int actionRow);

    /** Writes log pi(a_i | s_i) into out[i] for each row i of the range. */
    void logProbability(DistributionInputs inputs, DMatrixRMaj actions, double[] out, int from, int to);

    /** Writes the entropy H(pi(. | s_i)) into out[i] for each row i of the range. */
    void entropy(DistributionInputs inputs, double[] out, int from, int to);

    /** Writes KL(pi_old(. | s_i) || pi_new(. | s_i)) into out[i] for each row i of the range. */
    void divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double[] out, int from, int to);

    /**
     * The function sum_i w_i log pi(a_i | s_i) + e sum_i H(pi(. | s_i)) of the parameters.
     *
     * @param actions the actions a_i [rows][actionSize]; not modified
     * @param weights w, one per row of the batch; not modified
     * @param entropyWeight e
     */
    record Objective(DMatrixRMaj actions, double[] weights, double entropyWeight) {}

    /**
     * Differentiates the objective, summed over the range, with respect to the network's outputs and the own
     * parameters.
     *
     * @param outputGradient row-major [to - from][outputSize]; overwritten
     * @param gradient vector like theta; the derivatives are added to the elements of the own parameters, and the other
     *     elements are not modified
     */
    void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to);

    /**
     * The function w sum_i KL(pi_old(. | s_i) || pi_new(. | s_i)) of the new policy's parameters.
     *
     * @param oldInputs the inputs of the old policy for the same states, in the same rows
     * @param weight w
     */
    record Divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double weight) {}

    /**
     * Adds the derivatives of the divergence, summed over the range, with respect to the network's outputs and the own
     * parameters of the new policy.
     *
     * @param outputGradient row-major [to - from][outputSize]; modified
     * @param gradient vector like theta; only the elements of the own parameters are modified
     */
    void addDivergenceGradient(Divergence divergence, double[] outputGradient, double[] gradient, int from, int to);

    /**
     * Writes what {@link #multiplyFisher} needs of each row's distribution: one number for each output. Repeated
     * products then do not compute these numbers again.
     *
     * @param fisher like the outputs [rows][outputSize], row-major; the rows of the range are overwritten
     */
    void fisher(DistributionInputs inputs, double[] fisher, int from, int to);

    /**
     * Multiplies each row of {@code tangents} by M(s_i), the Fisher information with respect to the outputs. In every
     * distribution, the Fisher information between an output and an own parameter must be 0, because no method
     * multiplies by it.
     *
     * @param fisher the numbers that {@link #fisher} wrote; not modified
     * @param tangents J v, the derivatives of the outputs in the direction v of the parameters, row-major
     *     [to - from][outputSize]; modified
     * @param scale factor on every result
     */
    void multiplyFisher(DistributionInputs inputs, double[] fisher, double[] tangents, double scale, int from, int to);

    /**
     * Adds F v to {@code out}. F is the Fisher information with respect to the own parameters, as a mean over the
     * states.
     *
     * @param v vector like theta; not modified
     * @param out vector like theta; only the elements of the own parameters are modified
     */
    default void addOwnFisher(DistributionInputs inputs, double[] v, double[] out) {}

    /**
     * The sum of a metric over the elements of an action. Elements that do not have the metric are left out: for
     * example, only elements with a Gaussian distribution have a standard deviation.
     *
     * @param count the number of elements that have the metric, at least 1
     */
    record Total(double sum, int count) {

        Total plus(Total other) {
            return new Total(sum + other.sum, count + other.count);
        }
    }

    /**
     * The totals of those {@link DistributionMetrics} that the own parameters determine. Each metric is the mean over
     * the elements of an action that have the metric. The totals of several factors can be added up.
     *
     * @param own index in theta of the first own parameter; a factor gets the index of the product's first own
     *     parameter
     */
    default Map<Metric, Total> totals(double[] theta, int own) {
        return Map.of();
    }

    /** Sets each metric of {@link #totals} to its mean. */
    default void measure(double[] theta, int own, MetricValues values) {
        totals(theta, own).forEach((metric, total) -> values.put(metric, total.sum() / total.count()));
    }
}
