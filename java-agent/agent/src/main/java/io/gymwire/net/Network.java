// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import io.gymwire.linalg.RandomStream;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * A differentiable function of rows: output = f(theta, input), with input [rows][inputSize] and output
 * [rows][outputSize]. Its Jacobian is J = d output / d theta: {@link #tangent} multiplies by J, {@link #backward} by
 * the transpose J'.
 *
 * <p>The parameters are a flat vector theta. The network uses the first {@link #parameterCount} elements of theta. A
 * network stores only its shape. The caller keeps parameters and activations, so one network can be evaluated with
 * several parameter vectors. {@link #forward}, {@link #backward} and {@link #tangent} work on the rows {@code from},
 * ..., {@code to - 1}. Several threads may work on different rows at the same time, because a row's output depends only
 * on that row. For {@link #backward}, each thread needs its own array {@code gradient}.
 */
public interface Network {

    /** The number of columns of an input. */
    int inputSize();

    /** The number of columns of an output. */
    int outputSize();

    /** The number of elements of theta that the network uses. */
    int parameterCount();

    /** The parts of theta, in the order of their elements. */
    List<Parameter> parameters();

    /**
     * Writes initial parameters.
     *
     * @param headGain gain of the last layer; 0 makes the policy start with the same distribution in every state, 1 is
     *     for a value function
     * @param theta the parameters; elements 0 to {@code parameterCount() - 1} are overwritten
     */
    void initialize(RandomStream random, double headGain, double[] theta);

    /** Changes theta so that every output becomes {@code factor * output + shift}. */
    void rescaleOutput(double[] theta, double factor, double shift);

    /**
     * Changes theta so that the output for an input z becomes the output that the old theta gives for
     * scale * z + offset. This product and this sum are element by element.
     *
     * @param scale [inputSize]; where scale is 0, that element of z no longer changes the output
     * @param offset [inputSize]
     */
    void substituteInput(double[] theta, double[] scale, double[] offset);

    /** Allocates the activations of a batch. They use the matrix {@code input} [rows][inputSize] without copying it. */
    default Activations activations(DMatrixRMaj input) {
        return activations(input, null);
    }

    /**
     * Like {@link #activations(DMatrixRMaj)}, but reuses the memory of earlier activations of this network.
     *
     * @param reused activations that are no longer needed, with any number of rows; or null
     */
    Activations activations(DMatrixRMaj input, Activations reused);

    /** Computes the output and the matrices that the derivatives need. */
    void forward(double[] theta, Activations activations, int from, int to);

    /**
     * Writes theta in the arrangement that {@link #backward} needs.
     *
     * @param transposed [parameterCount or more]; the elements that backward needs are overwritten
     */
    void transposeWeights(double[] theta, double[] transposed);

    /**
     * Adds J' u to a vector. J' u is the gradient, with respect to theta, of the sum of u[i] * output[i] over all
     * elements i.
     *
     * @param transposed the result of {@link #transposeWeights} for theta; not modified
     * @param activations the activations of a {@link #forward} with the same theta; not modified
     * @param outputGradient u, row-major [to - from][outputSize]; not modified
     * @param gradient [parameterCount or more]; J' u is added to it
     */
    void backward(
            double[] transposed, Activations activations, double[] outputGradient, double[] gradient, int from, int to);

    /**
     * Computes J v, the directional derivative of the output along a parameter vector.
     *
     * @param activations the activations of a {@link #forward} with the same theta; not modified
     * @param v the direction [parameterCount or more]; not modified
     * @param outputTangent J v, row-major [to - from][outputSize]; overwritten
     */
    void tangent(double[] theta, double[] v, Activations activations, double[] outputTangent, int from, int to);

    /** A change of the elements {@code from}, ..., {@code to - 1} of a parameter vector. */
    interface RangeUpdate {
        void update(int from, int to);
    }

    /**
     * Changes one part of theta, and writes the new weights also into {@code transposed}, as {@link #transposeWeights}
     * does. The parts are not those of {@link #parameters}: here, theta is divided into {@code parts} parts, to share
     * the work. Different parts have no element in common, so several threads may change different parts at the same
     * time.
     *
     * @param part the index of the part, 0 to {@code parts - 1}
     * @param parts the number of parts
     * @param update called with each range of this part; no range is empty
     */
    void updatePart(int part, int parts, double[] theta, double[] transposed, RangeUpdate update);
}
