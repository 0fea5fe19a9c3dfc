// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.policy.Policy;

/**
 * Backtracking: tries theta_old + shrink^j step for j = 0, 1, ... and takes the first that keeps KL(old || new) within
 * delta and gains at least {@code acceptRatio} of what the gradient promises for that length, and something.
 *
 * <p>The ratio is Armijo's condition; the promise of a step of length shrink^j is shrink^j g'step.
 */
final class LineSearch {

    private LineSearch() {}

    /**
     * What was found.
     *
     * @param accepted whether a step passed
     * @param backtracks how many step lengths were rejected
     * @param stepFraction shrink^j of the accepted step; 0 when none passed
     * @param point the values at the accepted step; those of theta_old when none passed
     */
    record Result(boolean accepted, int backtracks, double stepFraction, Surrogate.Point point) {}

    /**
     * Searches along {@code step}.
     *
     * @param start values at theta_old
     * @param step full step [P]; not modified
     * @param expectedGain g'step
     * @param theta [P]; the accepted parameters, or theta_old bit for bit
     */
    static Result search(
            Policy policy, Surrogate surrogate, Surrogate.Point start, double[] step, double expectedGain, TrpoConfig config,
            double[] theta) {
        double[] oldTheta = surrogate.oldTheta();
        double fraction = 1;
        for (int attempt = 0; attempt < config.lineSearchSteps(); attempt++) {
            for (int i = 0; i < theta.length; i++) {
                theta[i] = Math.fma(fraction, step[i], oldTheta[i]);
            }
            policy.project(theta);
            Surrogate.Point point = surrogate.at(theta);
            double gain = point.surrogate() - start.surrogate();
            // Comparisons with NaN are false, so a point that is not finite is never accepted.
            if (point.divergence() <= config.delta()
                    && gain > 0
                    && gain >= config.acceptRatio() * fraction * expectedGain
                    && Double.isFinite(point.surrogate())) {
                return new Result(true, attempt, fraction, point);
            }
            fraction *= config.lineSearchShrink();
        }
        System.arraycopy(oldTheta, 0, theta, 0, theta.length);
        return new Result(false, config.lineSearchSteps(), 0, start);
    }
}
