// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RowChunks;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.net.Network;
import io.gymwire.settings.Settings;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The critic: V(s) = shift + scale * network(s). Adam fits V to returns: it minimises the squared error on minibatches.
 * Here, a return is an estimate of the discounted sum of the rewards from a step on, not the return of an episode.
 *
 * <p>The network's targets are (return - shift) / scale: shift and scale are the mean and the standard deviation of all
 * returns so far. (If these returns are constant, the scale stays as it was.) When shift or scale changes, the
 * network's last layer is rescaled so that V stays the same (van Hasselt et al. 2016, arXiv:1602.07714). At the first
 * batch, the last layer is not rescaled, because nothing has been learned yet. With scaled targets, one learning rate
 * suits tasks with returns that differ by factors of thousands.
 */
public final class ValueFunction {

    /**
     * The returns count as constant if their standard deviation is at most this number, or at most this fraction of
     * the absolute value of their mean.
     */
    private static final double MIN_SPREAD = 1e-8;

    private final Settings settings;
    private final Network network;
    private final double[] theta;
    private final Adam adam;
    private final RunningMoments targetMoments = new RunningMoments(1);
    private double shift;
    private double scale = 1;

    private final double[] transposed; // [P], for the network's P parameters; in a fit, the transposed weights of theta
    private CriticFit.Workspace[] workspaces = new CriticFit.Workspace[0];
    private Activations predictions;

    /**
     * A value function with initial parameters.
     *
     * @param network a network with one output
     * @param settings the run's settings; only the {@link CriticSettings} are used
     */
    public ValueFunction(Network network, Settings settings, RandomStream random) {
        this.settings = settings;
        this.network = network;
        this.theta = new double[network.parameterCount()];
        this.adam = new Adam(theta.length, settings.get(CriticSettings.LEARNING_RATE));
        this.transposed = new double[theta.length];
        network.initialize(random, 1, theta);
    }

    /**
     * Computes V for every row.
     *
     * @param observations [n][observationSize]; not modified
     * @param values [n or more]; the first n are overwritten
     */
    public void predict(DMatrixRMaj observations, double[] values) {
        Activations activations = network.activations(observations, predictions);
        predictions = activations;
        RowChunks.forEach(observations.numRows, (chunk, from, to) -> network.forward(theta, activations, from, to));
        for (int row = 0; row < observations.numRows; row++) {
            values[row] = Math.fma(scale, activations.output().data[row], shift);
        }
    }

    /**
     * A fit of V to the returns, with the epochs and minibatches of the settings. The caller runs the fit on any
     * thread, and starts no other fit until this fit has ended.
     *
     * @param observations [n][observationSize]; not modified; the caller must not change them until the fit has ended
     * @param returns [n]; not modified; the caller must not change them until the fit has ended
     * @param annealed factor on Adam's step size, in (0, 1]
     * @param random stream that orders the rows
     */
    public CriticFit fitting(DMatrixRMaj observations, double[] returns, double annealed, RandomStream random) {
        adam.setLearningRate(settings.get(CriticSettings.LEARNING_RATE) * annealed);
        return fitting(
                observations,
                returns,
                new CriticFit.Passes(
                        settings.get(CriticSettings.EPOCHS), settings.get(CriticSettings.MINIBATCH), random));
    }

    CriticFit fitting(DMatrixRMaj observations, double[] returns, CriticFit.Passes passes) {
        int chunks = CriticFit.chunks(network, Math.min(passes.minibatch(), returns.length));
        if (workspaces.length < chunks) {
            workspaces = new CriticFit.Workspace[chunks];
            Arrays.setAll(workspaces, chunk -> new CriticFit.Workspace(network, transposed));
        }
        return new CriticFit(this, workspaces, observations, returns, passes);
    }

    /**
     * Adds a batch's returns to the running moments. Then sets shift and scale to the mean and the standard deviation
     * of all returns so far. If these returns count as constant, the scale stays as it was. Unless this is the run's
     * first batch, rescales the last layer so that V stays the same.
     *
     * @throws IllegalStateException if the variance of the returns is not finite
     */
    void followTargets(double[] returns) {
        boolean first = targetMoments.count() == 0;
        targetMoments.add(new DMatrixRMaj(returns.length, 1, true, returns));
        double newShift = targetMoments.mean()[0];
        double spread = Math.sqrt(targetMoments.variance(0));
        if (!Double.isFinite(spread)) {
            throw new IllegalStateException("returns up to " + Vectors.greatest(returns) + " are too large: their"
                    + " variance is not finite; make the environment's rewards smaller, for example with a wrapper");
        }
        // Constant returns have no scale. A division by a spread of 0 would make targets and weights infinite or NaN
        // for the rest of the run. With a tiny spread as the scale, the targets would be little more than rounding
        // errors.
        double newScale = spread > MIN_SPREAD * Math.max(1, Math.abs(newShift)) ? spread : scale;
        if (!first) {
            network.rescaleOutput(theta, scale / newScale, (shift - newShift) / newScale);
        }
        shift = newShift;
        scale = newScale;
    }

    /** The network. */
    public Network network() {
        return network;
    }

    /** The network's parameters, not a copy. */
    public double[] theta() {
        return theta;
    }

    /** The optimiser, not a copy. */
    public Adam adam() {
        return adam;
    }

    /** The running moments of the returns, not a copy. */
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

    /** Sets shift and scale to the values of a checkpoint. */
    public void setScale(double shift, double scale) {
        this.shift = shift;
        this.scale = scale;
    }
}
