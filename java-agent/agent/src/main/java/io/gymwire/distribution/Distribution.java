// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Parameter;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * A family of distributions pi(. | s) over actions. A network's output row o(s) chooses one of them for each state,
 * together with parameters of the distribution's own that do not depend on the state.
 *
 * <p>An action is a row of {@link #actionSize} numbers. A product of independent distributions is a distribution
 * again ({@link Product}). A factor of one has a {@link Place}: outputs, actions and the like have the columns of all
 * factors, of which each reads and writes its own.
 *
 * <p>Methods on a batch work on the rows {@code from}, ..., {@code to - 1} of what has one row per state, and may run
 * on several ranges at once. Quantities are in nats.
 */
public interface Distribution {

    /** How many outputs of the network each state's distribution takes. */
    int outputSize();

    /** How many numbers hold one action. */
    int actionSize();

    /** The distribution's own parameters, counted from 0 at the first of them. */
    default List<Parameter> parameters() {
        return List.of();
    }

    /** How many parameters the distribution has of its own. */
    default int parameterCount() {
        return parameters().stream().mapToInt(Parameter::size).sum();
    }

    /**
     * Writes the initial values of its own parameters.
     *
     * @param theta its elements from {@code own} on are overwritten
     */
    default void initialize(double[] theta, int own) {}

    /** Moves each of its own parameters into the range in which it is defined. Changes only those outside. */
    default void project(double[] theta, int own) {}

    /**
     * Draws an action for one row.
     *
     * @param random stream of the environment that will take the action
     * @param step how many actions that stream has given before
     * @param actions row {@code actionRow} is overwritten
     */
    void sample(DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow);

    /** Writes the most probable action of one row, as deterministic evaluation wants it. */
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
     * @param actions a [rows][actionSize]; not modified
     * @param weights w, one per row of the batch; not modified
     * @param entropyWeight e
     */
    record Objective(DMatrixRMaj actions, double[] weights, double entropyWeight) {}

    /**
     * Differentiates the objective, summed over the range, by the network's outputs and by the own parameters.
     *
     * @param outputGradient row-major [to - from][outputSize]; overwritten
     * @param gradient vector like theta; only the elements of the own parameters are modified (added to)
     */
    void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to);

    /**
     * The function weight sum_i KL(pi_old(. | s_i) || pi_new(. | s_i)) of the new policy's parameters.
     *
     * @param oldInputs with the same states in the same rows
     */
    record Divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double weight) {}

    /**
     * Adds the derivatives of the divergence, summed over the range, by the network's outputs and by the own parameters
     * of the new policy.
     *
     * @param outputGradient row-major [to - from][outputSize]; modified
     * @param gradient vector like theta; only the elements of the own parameters are modified
     */
    void addDivergenceGradient(Divergence divergence, double[] outputGradient, double[] gradient, int from, int to);

    /**
     * Writes what {@link #multiplyFisher} needs to know of each row's distribution, so that repeated products compute
     * it once: one number for each output.
     *
     * @param fisher like the outputs [rows][outputSize], row-major; the rows of the range are overwritten
     */
    void fisher(DistributionInputs inputs, double[] fisher, int from, int to);

    /**
     * Multiplies each row of output tangents by M(s_i), the Fisher information with respect to the outputs. Between
     * outputs and own parameters there must be none: they are blocks of their own.
     *
     * @param fisher by {@link #fisher}; not modified
     * @param tangents row-major [to - from][outputSize]; modified
     * @param scale factor on every result
     */
    void multiplyFisher(DistributionInputs inputs, double[] fisher, double[] tangents, double scale, int from, int to);

    /**
     * Adds the product of a vector with the Fisher information with respect to the own parameters, averaged over the
     * states.
     *
     * @param v vector like theta; not modified
     * @param out likewise; only the elements of the own parameters are modified
     */
    default void addOwnFisher(DistributionInputs inputs, double[] v, double[] out) {}

    /**
     * Sets those of the {@link DistributionMetrics} that the own parameters determine.
     *
     * @param own index in theta of the first own parameter
     */
    default void measure(double[] theta, int own, MetricValues values) {}
}
