// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import java.util.ArrayList;
import java.util.List;

/**
 * The solution of (F + damping I) x = g by conjugate gradient. F is the Fisher matrix, g the gradient of the surrogate,
 * p_i the direction of iteration i, and r = g - (F + damping I) x the residual. A prime (') is the transpose.
 *
 * @param damping added to F's diagonal
 * @param iterations the iterations in their order
 * @param conjugacy a square matrix with a row and a column for each iteration. With M = F + damping I, the element in
 *     row i and column j is p_i'M p_j / sqrt((p_i'M p_i) (p_j'M p_j)). For i != j it is 0 in exact arithmetic
 */
record Solution(double damping, List<Iteration> iterations, double[][] conjugacy) {

    /**
     * One iteration.
     *
     * @param alpha the factor of the direction p in the step
     * @param beta the factor of p in the next direction
     * @param residual |r| / |g| after the iteration
     * @param pr p'r with the residual before the iteration
     * @param rr r'r before the iteration, equal to p'r in exact arithmetic
     */
    record Iteration(double alpha, double beta, double residual, double pr, double rr) {}

    static Solution of(double damping, UpdateTrace trace, double[] residualNorms) {
        List<UpdateTrace.Direction> directions = trace.directions();
        List<Iteration> iterations = new ArrayList<>();
        for (int k = 0; k < directions.size(); k++) {
            UpdateTrace.Direction direction = directions.get(k);
            UpdateTrace.Step step = trace.steps().get(k);
            double residual = residualNorms[k + 1] / residualNorms[0];
            iterations.add(new Iteration(step.alpha(), step.beta(), residual, direction.pr(), direction.rr()));
        }
        return new Solution(damping, iterations, conjugacy(directions));
    }

    private static double[][] conjugacy(List<UpdateTrace.Direction> directions) {
        int n = directions.size();
        double[] lengths = directions.stream()
                .mapToDouble(direction -> Math.sqrt(Vectors.dot(direction.p(), direction.ap())))
                .toArray();
        double[][] all = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                all[i][j] = Vectors.dot(directions.get(i).p(), directions.get(j).ap()) / (lengths[i] * lengths[j]);
            }
        }
        return all;
    }

    /**
     * The greatest |conjugacy[i][j]| with j &lt; i; 0 if there are fewer than two directions. Elements with j &gt; i
     * are not needed, because the matrix is symmetric, except for rounding.
     */
    double worstConjugacy() {
        double worst = 0;
        for (int i = 0; i < conjugacy.length; i++) {
            for (int j = 0; j < i; j++) {
                worst = Math.max(worst, Math.abs(conjugacy[i][j]));
            }
        }
        return worst;
    }
}
