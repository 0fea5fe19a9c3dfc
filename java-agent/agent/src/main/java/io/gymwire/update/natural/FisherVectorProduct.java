// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.ChunkSums;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.policy.Policy;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * Products (F + damping I) v with the Fisher information matrix of a policy, F = mean_s J(s)' M(s) J(s). J is the
 * Jacobian of the network's outputs, and J' is its transpose. M is the distribution's Fisher information with respect
 * to these outputs. The distribution's own parameters have their own block on F's diagonal.
 *
 * <p>At theta_old the Hessian of mean KL(old || theta) is exactly F. The Hessian also has a term with second
 * derivatives of the network, but this term is zero: the second derivatives are multiplied by the gradient of the KL
 * with respect to the outputs, and this gradient is zero at theta_old (Schulman et al. 2015, appendix C). A product
 * needs a forward pass for J v, a product with M per sample, and a backward pass for J' (M J v). These passes use the
 * activations of one ordinary forward pass. The matrix F is never computed.
 */
final class FisherVectorProduct implements ConjugateGradient.Operator {

    private final Policy policy;
    private final double damping;
    private final double[] transposed; // [parameterCount], the transposed weights at theta
    private final ChunkSums sums;
    private final double[][] tangents = new double[RowChunks.MAX_COUNT][]; // [chunk][BLOCK_ROWS * outputs], J v
    private double[] theta;
    private Activations activations;
    private DistributionInputs inputs;
    private double[] fisher = new double[0]; // [rows * outputs or more], the numbers that define each state's M

    /** Allocates memory for the products of a policy. {@link #at} sets theta and the states. */
    FisherVectorProduct(Policy policy, double damping) {
        this.policy = policy;
        this.damping = damping;
        this.transposed = new double[policy.parameterCount()];
        this.sums = new ChunkSums(policy.parameterCount());
        Arrays.setAll(
                tangents,
                chunk -> new double[RowChunks.BLOCK_ROWS * policy.network().outputSize()]);
    }

    /**
     * Sets theta and the states.
     *
     * @param theta not copied, so it must not change while products are computed
     * @param activations the result of a forward pass at theta over the states; also not copied
     */
    FisherVectorProduct at(double[] theta, Activations activations) {
        this.theta = theta;
        this.activations = activations;
        this.inputs = policy.inputs(theta, activations);
        int rows = activations.input().numRows;
        if (fisher.length < rows * policy.distribution().outputSize()) {
            fisher = new double[rows * policy.distribution().outputSize()];
        }
        sums.reserve(rows);
        policy.distribution().fisher(inputs, fisher, 0, rows);
        policy.network().transposeWeights(theta, transposed);
        return this;
    }

    /**
     * Runs the forward pass over some states of a batch.
     *
     * @param states the rows of these states in {@code observations}
     */
    static Activations activationsOf(int[] states, Policy policy, double[] theta, DMatrixRMaj observations) {
        int rows = states.length;
        int width = observations.numCols;
        DMatrixRMaj sample = new DMatrixRMaj(rows, width);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(observations.data, states[row] * width, sample.data, row * width, width);
        }
        Activations activations = policy.network().activations(sample);
        RowChunks.forEach(rows, (chunk, from, to) -> policy.forward(theta, activations, from, to));
        return activations;
    }

    @Override
    public void multiply(double[] v, double[] out) {
        Network network = policy.network();
        Distribution distribution = policy.distribution();
        int rows = activations.input().numRows;
        RowChunks.forEach(rows, (chunk, from, to) -> {
            double[] tangent = tangents[chunk];
            network.tangent(theta, v, activations, tangent, from, to);
            distribution.multiplyFisher(inputs, fisher, tangent, 1.0 / rows, from, to);
            network.backward(transposed, activations, tangent, sums.of(chunk), from, to);
        });
        sums.addUp(rows, out);
        distribution.addOwnFisher(inputs, v, out);
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.fma(damping, v[i], out[i]);
        }
    }
}
