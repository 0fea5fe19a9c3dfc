// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.policy;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RowGroups;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The critic: V(s) = shift + scale * network(s), fitted to returns by Adam on minibatches of the squared error.
 *
 * <p>The network sees targets of mean 0 and standard deviation 1: shift and scale follow the running mean and standard
 * deviation of all returns so far, and when they change, the network's last layer is rescaled so that V stays what it
 * was (van Hasselt et al. 2016, arXiv:1602.07714). Only the first batch moves V, as there is nothing learned to keep.
 * Tasks whose returns differ by factors of thousands then share one learning rate.
 */
public final class ValueFunction {

    /**
     * Returns whose standard deviation is below this, or below this fraction of their mean, are taken to be constant.
     */
    private static final double MIN_SPREAD = 1e-8;

    private final Mlp network;
    private final double[] theta;
    private final Adam adam;
    private final RunningMoments targetMoments = new RunningMoments(1);
    private double shift;
    private double scale = 1;

    private final double[] gradient; // [P]
    private final double[] transposed; // [P]
    private final Mlp.Scratch scratch = new Mlp.Scratch();
    private final DMatrixRMaj block; // [rows of a block][observationSize]
    private final double[] outputGradient = new double[RowGroups.BLOCK_ROWS];
    private final Mlp.Activations blockActivations;
    private Mlp.Activations predictions;

    /**
     * A value function with orthogonal initial weights.
     *
     * @param observationSize numbers per observation
     * @param hidden widths of the hidden layers
     * @param learningRate Adam's step size
     */
    public ValueFunction(int observationSize, int[] hidden, double learningRate, RandomStream random) {
        this.network = new Mlp(Shapes.layers(observationSize, hidden, 1));
        this.theta = new double[network.parameterCount()];
        this.adam = new Adam(theta.length, learningRate);
        this.gradient = new double[theta.length];
        this.transposed = new double[theta.length];
        this.block = new DMatrixRMaj(RowGroups.BLOCK_ROWS, observationSize);
        this.blockActivations = network.activations(block);
        network.initialize(random, 1, theta);
    }

    /**
     * Computes V for every row.
     *
     * @param observations [n][observationSize]; not modified
     * @param values [n or more]; the first n are overwritten
     */
    public void predict(DMatrixRMaj observations, double[] values) {
        Mlp.Activations activations = network.activations(observations, predictions);
        predictions = activations;
        RowGroups.forEach(observations.numRows, (group, from, to) -> network.forward(theta, activations, from, to));
        for (int row = 0; row < observations.numRows; row++) {
            values[row] = Math.fma(scale, activations.output().data[row], shift);
        }
    }

    /**
     * Fits V to the returns, on the calling thread alone: a minibatch is too little work to share, and the other cores
     * may be collecting the next batch meanwhile.
     *
     * @param observations [n][observationSize]; not modified
     * @param returns targets [n]; not modified
     * @param epochs passes over the batch
     * @param minibatch rows per Adam step; the last of a pass may have fewer
     * @param random stream that orders the rows
     * @return mean squared error over the last pass, in squared units of the returns
     */
    public double fit(DMatrixRMaj observations, double[] returns, int epochs, int minibatch, RandomStream random) {
        followTargets(returns);
        int rows = observations.numRows;
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        double squaredError = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            shuffle(order, random, (long) epoch * rows);
            squaredError = 0;
            for (int from = 0; from < rows; from += minibatch) {
                squaredError += fitMinibatch(observations, returns, order, from, Math.min(rows, from + minibatch));
            }
        }
        return squaredError * scale * scale / rows;
    }

    private double fitMinibatch(DMatrixRMaj observations, double[] returns, int[] order, int begin, int end) {
        network.transposeWeights(theta, transposed);
        Arrays.fill(gradient, 0);
        double squaredError = 0;
        for (int from = begin; from < end; from += RowGroups.BLOCK_ROWS) {
            int to = Math.min(end, from + RowGroups.BLOCK_ROWS);
            squaredError += addGradient(observations, returns, order, from, to, 2.0 / (end - begin));
        }
        adam.step(theta, gradient);
        return squaredError;
    }

    /** Adds the gradient of the squared error's mean, 2 (V(s) - target) dV/dtheta / n, over a block of rows. */
    private double addGradient(
            DMatrixRMaj observations, double[] returns, int[] order, int begin, int end, double twoOverN) {
        int width = observations.numCols;
        int rows = end - begin;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(observations.data, order[begin + row] * width, block.data, row * width, width);
        }
        network.forward(theta, blockActivations, 0, rows);
        double squaredError = 0;
        for (int row = 0; row < rows; row++) {
            double error = blockActivations.output().data[row] - (returns[order[begin + row]] - shift) / scale;
            outputGradient[row] = twoOverN * error;
            squaredError += error * error;
        }
        network.backward(transposed, blockActivations, outputGradient, gradient, 0, rows, scratch);
        return squaredError;
    }

    /** Moves shift and scale to the running moments of the returns, and the last layer against them. */
    private void followTargets(double[] returns) {
        boolean first = targetMoments.count() == 0;
        targetMoments.add(new DMatrixRMaj(returns.length, 1, true, returns));
        double newShift = targetMoments.mean()[0];
        double spread = Math.sqrt(targetMoments.variance(0));
        // Constant returns have no scale: dividing by what is left of it would blow the last layer up for good.
        double newScale = spread > MIN_SPREAD * Math.max(1, Math.abs(newShift)) ? spread : scale;
        if (!first) {
            int last = network.layers();
            for (int i = network.weightOffset(last); i < theta.length; i++) {
                theta[i] *= scale / newScale;
            }
            theta[network.biasOffset(last)] += (shift - newShift) / newScale;
        }
        shift = newShift;
        scale = newScale;
    }

    /** Fisher and Yates's shuffle. */
    private static void shuffle(int[] order, RandomStream random, long counter) {
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.below(i + 1, counter + i);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
    }

    /** The network's shape. */
    public Mlp network() {
        return network;
    }

    /** The network's parameters, live. */
    public double[] theta() {
        return theta;
    }

    /** The optimiser, live. */
    public Adam adam() {
        return adam;
    }

    /** The running moments of the returns, live. */
    public RunningMoments targetMoments() {
        return targetMoments;
    }

    /** The number added to the scaled output. */
    public double shift() {
        return shift;
    }

    /** The factor on the network's output. */
    public double scale() {
        return scale;
    }

    /** Sets shift and scale, as a checkpoint recorded them. */
    public void setScale(double shift, double scale) {
        this.shift = shift;
        this.scale = scale;
    }
}
