// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.policy;

import io.gymwire.linalg.RandomStream;
import org.ejml.data.DMatrixRMaj;

/**
 * A stochastic policy pi_theta(a | s): a network whose output row parametrises a distribution over actions.
 *
 * <p>The first {@code network().parameterCount()} elements of theta are the network's; a policy may have more behind
 * them. Methods on a batch work on the rows {@code from}, ..., {@code to - 1} of matrices with one row per sample;
 * {@code outputs} is the network's output for theta. An action is a row of {@link #actionSize()} numbers.
 */
public sealed interface Policy permits CategoricalPolicy, GaussianPolicy {

    /** The network that computes the distribution's parameters. */
    Mlp network();

    /** The length of theta. */
    int parameterCount();

    /** How many numbers hold one action. */
    int actionSize();

    /** Writes initial parameters into theta: orthogonal weights, the last layer scaled by 0.01. */
    void initialize(RandomStream random, double[] theta);

    /** Moves each parameter into the range in which the policy is defined. Changes theta only where it is outside. */
    void project(double[] theta);

    /**
     * Draws an action for one row.
     *
     * @param random stream of the environment that will take the action
     * @param step how many actions that stream has given before
     * @param action row-major actions; the row's elements are overwritten
     */
    void sample(
            double[] theta,
            DMatrixRMaj outputs,
            int row,
            RandomStream random,
            long step,
            DMatrixRMaj action,
            int actionRow);

    /** Writes the most probable action of one row, as deterministic evaluation wants it. */
    void mode(double[] theta, DMatrixRMaj outputs, int row, DMatrixRMaj action, int actionRow);

    /** Writes log pi(a_i | s_i) into out[i] for each row i of the range. */
    void logProbability(double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] out, int from, int to);

    /** Writes the entropy of pi(. | s_i) in nats into out[i] for each row i of the range. */
    void entropy(double[] theta, DMatrixRMaj outputs, double[] out, int from, int to);

    /** Writes KL(pi_old(. | s_i) || pi_new(. | s_i)) in nats into out[i] for each row i of the range. */
    void divergence(
            double[] oldTheta,
            DMatrixRMaj oldOutputs,
            double[] newTheta,
            DMatrixRMaj newOutputs,
            double[] out,
            int from,
            int to);

    /**
     * Differentiates sum_i w_i log pi(a_i | s_i) + e sum_i H(pi(. | s_i)) by the network's outputs and by the
     * parameters that are not the network's.
     *
     * @param weights w, one per row of the batch; not modified
     * @param entropyWeight e
     * @param outputGradient row-major [to - from][outputSize]; overwritten
     * @param gradient [parameterCount]; only the elements behind the network's are modified (added to)
     */
    void gradient(
            double[] theta, DMatrixRMaj outputs, DMatrixRMaj actions, double[] weights, double entropyWeight,
            double[] outputGradient, double[] gradient, int from, int to);

    /**
     * Writes what {@link #fisherOutputs} needs to know of each row's distribution, so that repeated products compute it
     * once.
     *
     * @param weights [rows of the batch * outputSize]; the rows of the range are overwritten
     */
    void fisherWeights(double[] theta, DMatrixRMaj outputs, double[] weights, int from, int to);

    /**
     * Multiplies each row of output tangents by the distribution's Fisher information with respect to the outputs.
     *
     * @param weights by {@link #fisherWeights}; not modified
     * @param tangents row-major [to - from][outputSize]; modified
     * @param scale factor on every result
     */
    void fisherOutputs(double[] weights, double[] tangents, double scale, int from, int to);

    /**
     * Adds the Fisher block of the parameters that are not the network's: it is the same for every state.
     *
     * @param v vector [parameterCount]; not modified
     * @param out [parameterCount]; only the elements behind the network's are modified
     */
    void addFisherExtra(double[] theta, double[] v, double[] out);

    /** The mean of the action distribution's standard deviations; NaN for a policy that has none. */
    double meanStd(double[] theta);
}
