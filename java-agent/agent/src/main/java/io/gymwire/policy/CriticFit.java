// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.linalg.ChunkRunner;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RowChunks;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import org.ejml.data.DMatrixRMaj;

/**
 * One fit of the critic to returns; {@link ValueFunction} says what a return is here. Adam minimises the squared error
 * on minibatches.
 *
 * <p>A minibatch is split into chunks. Their gradients are added in the order of the chunks. For Adam's step, the
 * parameters are split into the same number of parts. One thread computes all chunks and parts, unless other threads
 * help. The results do not depend on the number of threads.
 */
public final class CriticFit {

    /**
     * The minimum number of rows of a chunk, if there are several chunks. Smaller chunks cost more time than they save,
     * because the chunks must be distributed and their gradients added up.
     */
    private static final int MIN_CHUNK_ROWS = 32;

    /**
     * The approximate minimum work of a chunk, rows times parameters, if there are several chunks: smaller chunks cost
     * more time than they save.
     */
    private static final int MIN_CHUNK_WORK = 1 << 18;

    private final ValueFunction critic;
    private final Network network;
    private final double[] theta;
    private final Workspace[] workspaces; // at least one for each chunk
    private final DMatrixRMaj observations; // [n][observationSize]
    private final double[] returns; // [n]
    private final Passes passes;
    private final int[] order; // [n]
    private final ChunkRunner runner = new ChunkRunner();

    /**
     * The passes over a batch.
     *
     * @param epochs passes over the batch
     * @param minibatch rows per Adam step; the last step of a pass can have fewer rows
     * @param random stream that orders the rows
     */
    record Passes(int epochs, int minibatch, RandomStream random) {}

    /** The working memory for one chunk of a minibatch. */
    static final class Workspace {
        private final DMatrixRMaj input;
        private final Activations activations;
        private final double[] outputGradient = new double[RowChunks.BLOCK_ROWS];
        private final double[] gradient; // [P], for the P parameters of the network
        private final double[] transposed; // [P], the transposed weights; the same array for all chunks
        private double squaredError;

        Workspace(Network network, double[] transposed) {
            this.input = new DMatrixRMaj(RowChunks.BLOCK_ROWS, network.inputSize());
            this.activations = network.activations(input);
            this.gradient = new double[network.parameterCount()];
            this.transposed = transposed;
        }
    }

    CriticFit(ValueFunction critic, Workspace[] workspaces, DMatrixRMaj observations, double[] returns, Passes passes) {
        this.critic = critic;
        this.network = critic.network();
        this.theta = critic.theta();
        this.workspaces = workspaces;
        this.observations = observations;
        this.returns = returns;
        this.passes = passes;
        this.order = new int[observations.numRows];
    }

    /**
     * Fits V to the returns. Call this method once.
     *
     * @return mean squared error over the last pass, in squared units of the returns
     */
    public double run() {
        try {
            critic.followTargets(returns);
            network.transposeWeights(theta, transposed());
            int rows = order.length;
            Arrays.setAll(order, i -> i);
            double squaredError = 0;
            for (int epoch = 0; epoch < passes.epochs(); epoch++) {
                passes.random().shuffle(order, (long) epoch * rows);
                squaredError = 0;
                for (int from = 0; from < rows; from += passes.minibatch()) {
                    squaredError += step(from, Math.min(rows, from + passes.minibatch()));
                    // While a batch is collected, a worker that has received an answer must not wait until this
                    // thread's time slice ends.
                    Thread.yield();
                }
            }
            return squaredError * critic.scale() * critic.scale() / rows;
        } finally {
            runner.close();
        }
    }

    /**
     * Works on the rest of the fit, on the calling thread and on idle threads of the common pool. Returns when the fit
     * has ended, or earlier if this help makes the fit slower.
     */
    public void help() {
        ForkJoinPool pool = ForkJoinPool.commonPool();
        // One thread runs the fit already, and the calling thread is the second one.
        int idle = Math.min(workspaces.length, pool.getParallelism() + 1) - 2;
        for (int i = 0; i < idle; i++) {
            pool.execute(runner::help);
        }
        runner.help();
    }

    /** The number of chunks in a minibatch with {@code rows} rows. */
    static int chunks(Network network, int rows) {
        return RowChunks.count(rows, Math.max(MIN_CHUNK_ROWS, MIN_CHUNK_WORK / network.parameterCount()));
    }

    /**
     * Computes the gradient of one minibatch, then takes Adam's step. Returns the sum of squared errors before the
     * step, in squared units of the scaled targets.
     */
    private double step(int begin, int end) {
        int rows = end - begin;
        int chunks = chunks(network, rows);
        runner.run(
                chunks,
                chunk -> differentiate(
                        workspaces[chunk],
                        begin + RowChunks.start(rows, chunk, chunks),
                        begin + RowChunks.start(rows, chunk + 1, chunks),
                        2.0 / rows));
        critic.adam().advance();
        runner.run(
                chunks,
                part -> network.updatePart(part, chunks, theta, transposed(), (from, to) -> descend(chunks, from, to)));
        double squaredError = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            squaredError += workspaces[chunk].squaredError;
        }
        return squaredError;
    }

    private double[] transposed() {
        return workspaces[0].transposed;
    }

    /**
     * Computes the part of the mean squared error's gradient that comes from some rows of the minibatch: the sum of
     * (2 / n) (network(s) - scaled target) (d network(s) / d theta) over these rows. Here, n is the number of rows of
     * the whole minibatch.
     */
    private void differentiate(Workspace workspace, int begin, int end, double twoOverN) {
        Arrays.fill(workspace.gradient, 0);
        workspace.squaredError = 0;
        for (int from = begin; from < end; from += RowChunks.BLOCK_ROWS) {
            addGradient(workspace, from, Math.min(end, from + RowChunks.BLOCK_ROWS), twoOverN);
        }
    }

    private void addGradient(Workspace workspace, int from, int to, double twoOverN) {
        int width = observations.numCols;
        int rows = to - from;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(observations.data, order[from + row] * width, workspace.input.data, row * width, width);
        }
        network.forward(theta, workspace.activations, 0, rows);
        double[] output = workspace.activations.output().data;
        for (int row = 0; row < rows; row++) {
            double error = output[row] - (returns[order[from + row]] - critic.shift()) / critic.scale();
            workspace.outputGradient[row] = twoOverN * error;
            workspace.squaredError += error * error; // only for the result of run()
        }
        network.backward(
                workspace.transposed, workspace.activations, workspace.outputGradient, workspace.gradient, 0, rows);
    }

    /** Takes Adam's step for some of the parameters, with the sum of the chunks' gradients. */
    private void descend(int chunks, int from, int to) {
        double[] gradient = workspaces[0].gradient;
        for (int chunk = 1; chunk < chunks; chunk++) {
            double[] other = workspaces[chunk].gradient;
            for (int i = from; i < to; i++) {
                gradient[i] += other[i];
            }
        }
        critic.adam().step(theta, gradient, from, to);
    }
}
