// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.linalg.Kernels;
import io.gymwire.linalg.RowGroups;
import io.gymwire.policy.Mlp;
import io.gymwire.policy.Policy;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * An approximate inverse of F + damping I, by which conjugate gradient converges in a third of the iterations: for each
 * layer the Kronecker product of (A + pi sqrt(damping) I)^-1 and (G + sqrt(damping) / pi I)^-1, with A = E[a a'] of the
 * layer's inputs (and 1 for the bias) and G = E[delta M delta'] of the outputs' derivatives by its sums (Martens and
 * Grosse 2015, arXiv:1503.05671, sections 3 and 6.3: pi^2 is the ratio of the factors' mean eigenvalues).
 *
 * <p>A layer's parameters are a matrix V [inputs + 1][outputs], biases last, as in theta: the product is A^-1 V G^-1.
 * The factors are estimated from a part of the batch: they only steer the search, whose result is measured exactly.
 */
final class KroneckerPreconditioner implements ConjugateGradient.Operator {

    /** One in so many rows is looked at: more changes the residuals by less than one iteration does. */
    private static final int SHARE = 8;
    /** Least damping of the factors: without any, those of a batch that says nothing would have no inverse. */
    private static final double MIN_DAMPING = 1e-6;

    private final Policy policy;
    private final Mlp network;
    private final double damping;
    private final DMatrixRMaj[] inputInverses; // [layer]: [inputs + 1][inputs + 1]
    private final DMatrixRMaj[] outputInverses; // [layer]: [outputs][outputs]
    private final double[][] inputFactors;
    private final double[][] outputFactors;
    private final double[] extraDiagonal; // [P], what the rest of the parameters are divided by
    private final double[] transposed; // [P]
    private final double[] root;
    private final double[] product; // room for A^-1 V of one layer
    private final Mlp.Scratch scratch = new Mlp.Scratch();

    /** Room for the preconditioners of a policy; {@link #at} says which. */
    KroneckerPreconditioner(Policy policy, double damping) {
        this.policy = policy;
        this.network = policy.network();
        this.damping = damping;
        int layers = network.layers();
        this.inputInverses = new DMatrixRMaj[layers + 1];
        this.outputInverses = new DMatrixRMaj[layers + 1];
        this.inputFactors = new double[layers + 1][];
        this.outputFactors = new double[layers + 1][];
        int[] sizes = network.sizes();
        int largest = 0;
        for (int layer = 1; layer <= layers; layer++) {
            inputInverses[layer] = new DMatrixRMaj(sizes[layer - 1] + 1, sizes[layer - 1] + 1);
            outputInverses[layer] = new DMatrixRMaj(sizes[layer], sizes[layer]);
            inputFactors[layer] = inputInverses[layer].data;
            outputFactors[layer] = outputInverses[layer].data;
            largest = Math.max(largest, (sizes[layer - 1] + 1) * sizes[layer]);
        }
        this.product = new double[largest];
        this.transposed = new double[policy.parameterCount()];
        this.root = new double[RowGroups.BLOCK_ROWS * network.outputSize()];
        this.extraDiagonal = new double[policy.parameterCount()];
        double[] ones = new double[extraDiagonal.length];
        Arrays.fill(ones, 1);
        Arrays.fill(extraDiagonal, damping);
        policy.addFisherExtra(ones, ones, extraDiagonal);
    }

    /**
     * Makes this the preconditioner at theta.
     *
     * @param activations of a forward pass at theta over the batch; not modified
     * @param weights of the policy's Fisher information there, see {@link Policy#fisherWeights}; not modified
     */
    KroneckerPreconditioner at(double[] theta, Mlp.Activations activations, double[] weights) {
        for (int layer = 1; layer <= network.layers(); layer++) {
            Arrays.fill(inputFactors[layer], 0);
            Arrays.fill(outputFactors[layer], 0);
        }
        network.transposeWeights(theta, transposed);
        int rows = activations.input().numRows;
        int seen = 0;
        // The first rows of every block: neighbours in time, of all environments, and from all over the batch.
        for (int from = 0; from < rows; from += RowGroups.BLOCK_ROWS) {
            int to = from + Math.max(1, Math.min(RowGroups.BLOCK_ROWS, rows - from) / SHARE);
            network.addInputFactors(activations, inputFactors, from, to);
            for (int output = 0; output < network.outputSize(); output++) {
                policy.fisherRoot(weights, output, root, from, to);
                network.addOutputFactors(transposed, activations, root, outputFactors, from, to, scratch);
            }
            seen += to - from;
        }
        for (int layer = 1; layer <= network.layers(); layer++) {
            invert(inputInverses[layer], outputInverses[layer], seen);
        }
        return this;
    }

    private void invert(DMatrixRMaj inputs, DMatrixRMaj outputs, int seen) {
        CommonOps_DDRM.divide(inputs, seen);
        CommonOps_DDRM.divide(outputs, seen);
        double inputMean = CommonOps_DDRM.trace(inputs) / inputs.numRows;
        double outputMean = CommonOps_DDRM.trace(outputs) / outputs.numRows;
        double pi = outputMean > 0 ? Math.sqrt(inputMean / outputMean) : 1;
        double share = Math.sqrt(Math.max(damping, MIN_DAMPING));
        for (int i = 0; i < inputs.numRows; i++) {
            inputs.add(i, i, pi * share);
        }
        for (int i = 0; i < outputs.numRows; i++) {
            outputs.add(i, i, share / pi);
        }
        PositiveDefinite.invert(inputs);
        PositiveDefinite.invert(outputs);
    }

    @Override
    public void multiply(double[] v, double[] out) {
        Kernels kernels = Kernels.best();
        int[] sizes = network.sizes();
        for (int layer = 1; layer <= network.layers(); layer++) {
            int rows = sizes[layer - 1] + 1;
            int cols = sizes[layer];
            int offset = network.weightOffset(layer);
            Arrays.fill(product, 0, rows * cols, 0);
            kernels.addProduct(
                    rows, rows, cols, inputFactors[layer], 0, rows, 1, v, offset, cols, product, 0, cols);
            Arrays.fill(out, offset, offset + rows * cols, 0);
            kernels.addProduct(
                    rows, cols, cols, product, 0, cols, 1, outputFactors[layer], 0, cols, out, offset, cols);
        }
        for (int i = network.parameterCount(); i < out.length; i++) {
            out[i] = v[i] / extraDiagonal[i];
        }
    }
}
