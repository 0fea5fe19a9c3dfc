// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.MetricValues;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.net.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * A stochastic policy pi_theta(a | s). A network computes a row of outputs from the state. Together with parameters
 * that do not depend on the state, this row determines a distribution over actions. theta = [the network's parameters,
 * the distribution's parameters].
 */
public final class Policy {

    /**
     * The last layer begins with zeros. So at first the network's outputs are 0 in every state, and the normalisation
     * of observations has no effect. The hidden layers learn only after a step has changed the last layer.
     */
    private static final double HEAD_GAIN = 0;

    private final Network network;
    private final Distribution distribution;
    private final ActionMask mask;

    /**
     * A policy.
     *
     * @param network a network with the number of outputs that the distribution takes
     */
    public Policy(Network network, Distribution distribution) {
        this(network, distribution, ActionMask.NONE);
    }

    /**
     * A policy that chooses among the choices that a mask allows.
     *
     * @param mask the columns of the network's input that contain the mask; these columns are not normalised
     */
    public Policy(Network network, Distribution distribution, ActionMask mask) {
        if (network.outputSize() != distribution.outputSize()) {
            throw new IllegalArgumentException("the network has " + network.outputSize()
                    + " outputs, the distribution takes " + distribution.outputSize());
        }
        this.network = network;
        this.distribution = distribution;
        this.mask = mask;
    }

    /** The network that computes the part of the distribution that depends on the state. */
    public Network network() {
        return network;
    }

    /** The distribution over actions. */
    public Distribution distribution() {
        return distribution;
    }

    /** The mask of the choices that a state allows. */
    public ActionMask mask() {
        return mask;
    }

    /**
     * Computes the network's outputs for some rows. Then sets the logits of forbidden choices to a very low number.
     *
     * @param theta the policy's parameters; not modified
     * @param activations the rows {@code from}, ..., {@code to - 1} of all matrices except the input are overwritten
     */
    public void forward(double[] theta, Activations activations, int from, int to) {
        network.forward(theta, activations, from, to);
        mask.apply(activations.input(), activations.output(), from, to);
    }

    /** The length of theta. */
    public int parameterCount() {
        return network.parameterCount() + distribution.parameterCount();
    }

    /** The parts of theta, in the order of their elements. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(network.parameters());
        distribution.parameters().forEach(own -> parameters.add(own.behind(network.parameterCount())));
        return parameters;
    }

    /** Writes initial parameters into theta. */
    public void initialize(RandomStream random, double[] theta) {
        network.initialize(random, HEAD_GAIN, theta);
        distribution.initialize(theta, network.parameterCount());
    }

    /**
     * Moves each parameter into the range in which the policy is defined. Changes only parameters outside their range.
     */
    public void project(double[] theta) {
        distribution.project(theta, network.parameterCount());
    }

    /**
     * The inputs of the distributions for a batch. The result refers to both arguments without copying them.
     *
     * @param activations the activations that {@link #forward} computes with theta, before or after this call
     */
    public DistributionInputs inputs(double[] theta, Activations activations) {
        return new DistributionInputs(theta, network.parameterCount(), activations.output());
    }

    /** Sets those metrics of the distribution that depend only on theta. */
    public void measure(double[] theta, MetricValues values) {
        distribution.measure(theta, network.parameterCount(), values);
    }
}
