// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;

/**
 * The conditions of Karush, Kuhn and Tucker for the problem: maximise g'd subject to d'H d / 2 &lt;= delta. Here g is
 * the gradient of the surrogate, F is the Fisher matrix, and H = F + damping I.
 *
 * <pre>
 *   stationarity             g = lambda H d
 *   complementary slackness  lambda (d'H d / 2 - delta) = 0
 *   solution                 d = beta x, H x = g, beta = sqrt(2 delta / x'H x), lambda = 1 / beta
 * </pre>
 *
 * @param delta the bound on the divergence, in nats
 * @param beta the factor of x in d
 * @param lambda the multiplier
 * @param stationarity |g - lambda H d| / |g|, which is the relative residual of conjugate gradient
 * @param divergence d'H d / 2, in nats
 */
record Multiplier(double delta, double beta, double lambda, double stationarity, double divergence) {

    static Multiplier of(double delta, UpdateTrace trace) {
        double beta = trace.beta();
        double lambda = 1 / beta;
        double[] d = StepPath.scaled(beta, trace.x());
        double[] hd = trace.multiply(d);
        double[] rest = trace.g().clone();
        for (int i = 0; i < rest.length; i++) {
            rest[i] = Math.fma(-lambda, hd[i], rest[i]);
        }
        return new Multiplier(
                delta, beta, lambda, Vectors.norm(rest) / Vectors.norm(trace.g()), Vectors.dot(d, hd) / 2);
    }
}
