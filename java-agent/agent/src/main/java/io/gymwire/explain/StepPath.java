// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Policy;
import io.gymwire.update.Surrogate;
import java.util.ArrayList;
import java.util.List;

/**
 * The divergence, the gain of the surrogate, and the models that approximate them, at points
 * theta_old + fraction * beta x. Symbols as in {@link io.gymwire.update.natural.NaturalUpdate}.
 *
 * @param delta bound on the divergence, in nats
 * @param points the points by ascending fraction, from 0
 */
record StepPath(double delta, List<Point> points) {

    private static final double MOST = 1.5; // the greatest fraction of the full step
    private static final int POINTS = 31;

    /**
     * One point theta of the path, with d = theta - theta_old. Parameters outside their allowed range are moved into it
     * before d and the other values are computed.
     *
     * @param fraction the fraction of the full step
     */
    record Point(double fraction, Divergence divergence, Gain gain) {}

    /**
     * The divergence and its models, in nats.
     *
     * @param measured mean KL(old || theta)
     * @param model d'F d / 2
     * @param damped d'(F + damping I) d / 2, the model from which TRPO and NPG compute beta
     */
    record Divergence(double measured, double model, double damped) {}

    /**
     * The gain of the surrogate and its model.
     *
     * @param measured L(theta) - L(theta_old)
     * @param model g'd
     */
    record Gain(double measured, double model) {}

    static StepPath of(Policy policy, double damping, double delta, UpdateTrace trace) {
        Surrogate surrogate = trace.surrogate();
        double[] old = surrogate.oldTheta();
        double start = surrogate.at(old).surrogate();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            double fraction = MOST * i / (POINTS - 1);
            double[] theta = moved(old, fraction * trace.beta(), trace.x());
            policy.project(theta);
            Surrogate.Point at = surrogate.at(theta);
            double[] d = moved(theta, -1, old);
            double damped = trace.quadraticForm(d) / 2;
            points.add(new Point(
                    fraction,
                    new Divergence(at.divergence(), damped - damping * Vectors.dot(d, d) / 2, damped),
                    new Gain(at.surrogate() - start, Vectors.dot(trace.g(), d))));
        }
        return new StepPath(delta, points);
    }

    /** start + scale * direction. */
    static double[] moved(double[] start, double scale, double[] direction) {
        double[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = Math.fma(scale, direction[i], moved[i]);
        }
        return moved;
    }

    static double[] scaled(double scale, double[] vector) {
        double[] scaled = new double[vector.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = scale * vector[i];
        }
        return scaled;
    }
}
