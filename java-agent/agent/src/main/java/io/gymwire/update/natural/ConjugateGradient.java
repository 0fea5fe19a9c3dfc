// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import java.util.Arrays;

/**
 * The conjugate gradient method (Hestenes and Stiefel 1952; in the form of Nocedal and Wright, Numerical Optimization,
 * algorithm 5.2). It solves A x = b for a symmetric positive definite A, and starts at x = 0. It needs only products
 * with A.
 *
 * <p>Symbols: r = b - A x, p the search direction, alpha the length of a step in units of p, beta the factor of p in
 * the next direction r + beta p. All vectors have P elements.
 */
public final class ConjugateGradient {

    private ConjugateGradient() {}

    /** A symmetric positive definite matrix. */
    public interface Operator {
        /**
         * Computes A v.
         *
         * @param v the vector; not modified
         * @param out the product A v; overwritten
         */
        void multiply(double[] v, double[] out);
    }

    /**
     * A listener that follows the iterations. The arrays are the working arrays: a listener may copy them, but must not
     * keep or modify them.
     */
    public interface Listener {

        /** The listener that does nothing. */
        Listener NONE = new Listener() {};

        /**
         * Called before each step.
         *
         * @param p the direction of the step [P]
         * @param r the residual before the step [P]
         * @param ap A p [P]
         */
        default void direction(double[] p, double[] r, double[] ap) {}

        /** Called after the step alpha p; beta is the factor of p in the next direction. */
        default void step(double alpha, double beta) {}
    }

    /**
     * The limits at which the iterations end.
     *
     * @param iterations the maximum number of iterations
     * @param tolerance the iterations stop when |r| &lt;= tolerance * |b|
     */
    public record Limits(int iterations, double tolerance) {}

    /**
     * The cost and the quality of a solution.
     *
     * @param residualNorms |r| before the first iteration (= |b|) and after each iteration
     * @param quadraticForm x'A x, computed as x'(b - r) without another product
     */
    public record Result(double[] residualNorms, double quadraticForm) {

        /** The number of iterations. Each computes one product. */
        public int iterations() {
            return residualNorms.length - 1;
        }
    }

    /**
     * Solves A x = b approximately.
     *
     * @param b right-hand side [P], not zero; not modified
     * @param iterations the maximum number of iterations
     * @param tolerance the iterations stop when |r| &lt;= tolerance * |b|
     * @param x solution [P]; overwritten
     */
    public static Result solve(Operator a, double[] b, int iterations, double tolerance, double[] x) {
        return solve(a, b, new Limits(iterations, tolerance), x, Listener.NONE);
    }

    /**
     * Solves A x = b approximately, with a listener that follows the iterations.
     *
     * @param b right-hand side [P], not zero; not modified
     * @param x solution [P]; overwritten
     */
    public static Result solve(Operator a, double[] b, Limits limits, double[] x, Listener listener) {
        Arrays.fill(x, 0);
        double[] r = b.clone();
        double[] p = b.clone();
        double[] ap = new double[b.length];
        double rr = Vectors.dot(r, r);
        double goal = limits.tolerance() * Math.sqrt(rr);
        double[] norms = new double[limits.iterations() + 1];
        norms[0] = Math.sqrt(rr);
        int done = 0;
        while (done < limits.iterations() && norms[done] > goal) {
            a.multiply(p, ap);
            listener.direction(p, r, ap);
            double alpha = rr / Vectors.dot(p, ap);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.fma(alpha, p[i], x[i]);
                r[i] = Math.fma(-alpha, ap[i], r[i]);
            }
            double next = Vectors.dot(r, r);
            double beta = next / rr;
            listener.step(alpha, beta);
            for (int i = 0; i < p.length; i++) {
                p[i] = Math.fma(beta, p[i], r[i]);
            }
            rr = next;
            norms[++done] = Math.sqrt(rr);
        }
        double quadraticForm = 0;
        for (int i = 0; i < x.length; i++) {
            quadraticForm = Math.fma(x[i], b[i] - r[i], quadraticForm);
        }
        return new Result(Arrays.copyOf(norms, done + 1), quadraticForm);
    }
}
