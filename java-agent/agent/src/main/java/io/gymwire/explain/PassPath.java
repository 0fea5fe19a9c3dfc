// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.metrics.MetricValues;
import io.gymwire.settings.Settings;
import io.gymwire.update.ppo.PpoMetrics;
import io.gymwire.update.ppo.PpoSettings;
import io.gymwire.update.ppo.PpoUpdate;
import java.util.List;

/**
 * The path of an update of PPO from theta_old to theta_new. K and beta are as in {@link PpoUpdate}, L is the surrogate
 * without clipping, and g is the gradient of a minibatch. L and the clipped surrogate include the entropy bonus.
 *
 * @param rule the rule that keeps the policy near the old policy
 * @param optimiser the settings of the update's steps
 * @param passes the passes in order, at least one
 * @param points the points in order, from theta_old to theta_new
 */
record PassPath(Rule rule, Optimiser optimiser, List<Pass> passes, List<Point> points) implements Explanation.Way {

    /**
     * The rule that keeps the policy near the old policy.
     *
     * @param clipRange the clip range, {@link PpoSettings#CLIP_RANGE}; not used with a penalty
     * @param penalty the coefficients of the penalty; if there is a penalty, ratios are not clipped
     * @param target K, the target of the divergence, in nats
     * @param mostPasses the maximum number of passes that the settings allow
     */
    record Rule(double clipRange, Penalty penalty, double target, int mostPasses) {

        boolean penalised() {
            return !Double.isNaN(penalty.beta());
        }

        /**
         * The limit on a divergence, in nats. With clipping, no pass follows a pass with a divergence above the limit.
         * With a penalty, beta is doubled if the update's divergence is above the limit.
         */
        double limit() {
            return PpoUpdate.TOLERANCE * target;
        }

        /** With a penalty, beta is halved if the update's divergence is below this number of nats. */
        double least() {
            return target / PpoUpdate.TOLERANCE;
        }
    }

    /**
     * The coefficient of the divergence.
     *
     * @param beta the coefficient in this update; NaN with clipping
     * @param next the coefficient in the next update; 0 with clipping
     */
    record Penalty(double beta, double next) {}

    /**
     * The settings of Adam's steps.
     *
     * @param minibatch the number of samples of a step; the last step of a pass can have fewer
     * @param learningRate the learning rate in this update
     * @param maxGradientNorm the maximum norm of a gradient; a longer gradient is scaled down
     */
    record Optimiser(int minibatch, double learningRate, double maxGradientNorm) {}

    /**
     * One pass over the batch.
     *
     * @param loss mean of the minibatches' policy gradient losses, each measured before the minibatch's step
     * @param gradientNorm mean of the minibatches' |g|, each before a long gradient is scaled down
     * @param divergence mean KL(old || theta) over the samples, each measured before the step of its minibatch, in nats
     * @param end the point at which the pass ended
     */
    record Pass(double loss, double gradientNorm, double divergence, Point end) {}

    /**
     * One place on the path, measured over the whole batch.
     *
     * @param passes the number of passes made until this place; not an integer in the middle of a pass
     * @param divergence mean KL(old || theta), in nats
     * @param gain L(theta) - L(theta_old)
     * @param objectiveGain gain of the objective that PPO maximises: the clipped surrogate, or L - beta KL
     * @param clipFraction share of the samples whose w r is not within eps of w. Here r is a sample's ratio, w is its
     *     weight in the batch, and eps is the clip range. NaN with a penalty
     */
    record Point(double passes, double divergence, double gain, double objectiveGain, double clipFraction) {}

    /**
     * The path of an update.
     *
     * @param measured the update's metrics
     * @param nextBeta the penalty's coefficient after the update
     */
    static PassPath of(Settings settings, PassTrace trace, MetricValues measured, double nextBeta) {
        Rule rule = new Rule(
                settings.get(PpoSettings.CLIP_RANGE),
                new Penalty(measured.get(PpoMetrics.KL_PENALTY), nextBeta),
                settings.get(PpoSettings.TARGET_KL),
                settings.get(PpoSettings.EPOCHS));
        Optimiser optimiser = new Optimiser(
                settings.get(PpoSettings.MINIBATCH),
                measured.get(PpoMetrics.LEARNING_RATE),
                settings.get(PpoSettings.MAX_GRADIENT_NORM));
        PassTrace.Place start = trace.start();
        List<Point> points =
                trace.places().stream().map(place -> point(rule, start, place)).toList();
        List<Pass> passes = trace.passes().stream()
                .map(pass ->
                        new Pass(pass.loss(), pass.gradientNorm(), pass.divergence(), point(rule, start, pass.end())))
                .toList();
        return new PassPath(rule, optimiser, passes, points);
    }

    private static Point point(Rule rule, PassTrace.Place start, PassTrace.Place place) {
        double divergence = place.at().divergence();
        double gain = place.at().surrogate() - start.at().surrogate();
        return rule.penalised()
                ? new Point(place.passes(), divergence, gain, gain - rule.penalty.beta() * divergence, Double.NaN)
                : new Point(place.passes(), divergence, gain, place.clipped() - start.clipped(), place.clipFraction());
    }

    /** The last pass. */
    Pass last() {
        return passes.get(passes.size() - 1);
    }

    /** Whether the divergence of a pass ended the update before all passes were made. */
    boolean endedEarly() {
        return passes.size() < rule.mostPasses();
    }
}
