// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import io.gymwire.update.Surrogate;

/**
 * The backtracking line search. It tries theta_old + shrink^j step, first with j = 0, then with j = 1, and so on. It
 * takes the first step that keeps KL(old || new) within delta and improves the surrogate enough. The gain must be
 * positive, and at least {@code acceptRatio} times the gain that the gradient predicts.
 *
 * <p>The condition with this ratio is Armijo's condition. The predicted gain is g'(theta - theta_old), with the
 * gradient g (' is the transpose). Parameters that have a range are moved into it first. So a parameter that stays at
 * the end of its range adds nothing to this gain.
 */
final class LineSearch {

    private final Policy policy;
    private final Surrogate surrogate;
    private final int tries;
    private final double shrink;
    private final double acceptRatio;
    private final UpdateListener listener;

    /** @param surrogate the object that computes L and KL; each search begins at its theta_old */
    LineSearch(Policy policy, Surrogate surrogate, Settings settings) {
        this(policy, surrogate, settings, UpdateListener.NONE);
    }

    LineSearch(Policy policy, Surrogate surrogate, Settings settings, UpdateListener listener) {
        this.policy = policy;
        this.surrogate = surrogate;
        this.tries = settings.get(TrustRegionSettings.LINE_SEARCH_STEPS);
        this.shrink = settings.get(TrustRegionSettings.LINE_SEARCH_SHRINK);
        this.acceptRatio = settings.get(TrustRegionSettings.ACCEPT_RATIO);
        this.listener = listener;
    }

    /**
     * The result of a search.
     *
     * @param accepted whether a step was accepted
     * @param backtracks the number of step lengths that were rejected
     * @param stepFraction shrink^j of the accepted step; 0 if no step was accepted
     * @param expectedGain the gain that the gradient predicts for the accepted step, or for the full step if no step
     *     was accepted
     * @param point the values at the accepted step, or at theta_old if no step was accepted
     */
    record Result(boolean accepted, int backtracks, double stepFraction, double expectedGain, Surrogate.Point point) {}

    /**
     * Searches along the full step.
     *
     * @param start the values at theta_old
     * @param theta [P]; is set to the accepted parameters or, if no step was accepted, to theta_old bit for bit
     */
    Result search(Surrogate.Point start, NaturalUpdate.Step step, double[] theta) {
        double[] oldTheta = surrogate.oldTheta();
        double fraction = 1;
        double fullGain = 0;
        for (int attempt = 0; attempt < tries; attempt++) {
            for (int i = 0; i < theta.length; i++) {
                theta[i] = Math.fma(fraction, step.vector()[i], oldTheta[i]);
            }
            policy.project(theta);
            Surrogate.Point point = surrogate.at(theta);
            double gain = point.surrogate() - start.surrogate();
            double expectedGain = step.predictedGain(oldTheta, theta);
            fullGain = attempt == 0 ? expectedGain : fullGain;
            LineSearchTry.Verdict verdict = judge(point, step.delta(), gain, expectedGain);
            listener.tried(new LineSearchTry(fraction, point, gain, expectedGain, verdict));
            if (verdict == LineSearchTry.Verdict.ACCEPTED) {
                return new Result(true, attempt, fraction, expectedGain, point);
            }
            fraction *= shrink;
        }
        System.arraycopy(oldTheta, 0, theta, 0, theta.length);
        return new Result(false, tries, 0, fullGain, start);
    }

    /**
     * Decides about a step. It checks for NaN first: comparisons with NaN are false, so the other checks would accept
     * NaN. The predicted gain is checked too: if a weight is infinite and a tanh is saturated, L and KL can still be
     * finite, although the predicted gain is not.
     */
    private LineSearchTry.Verdict judge(Surrogate.Point point, double delta, double gain, double expectedGain) {
        if (!Double.isFinite(point.surrogate())
                || !Double.isFinite(expectedGain)
                || Double.isNaN(gain)
                || Double.isNaN(point.divergence())) {
            return LineSearchTry.Verdict.NOT_FINITE;
        }
        if (point.divergence() > delta) {
            return LineSearchTry.Verdict.BEYOND_DELTA;
        }
        if (gain <= 0) {
            return LineSearchTry.Verdict.NO_GAIN;
        }
        return gain < acceptRatio * expectedGain
                ? LineSearchTry.Verdict.TOO_LITTLE_GAIN
                : LineSearchTry.Verdict.ACCEPTED;
    }
}
