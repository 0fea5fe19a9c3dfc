// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import java.util.Arrays;

/**
 * Solves A x = b for a symmetric positive definite A that is known by its products alone (Hestenes and Stiefel 1952;
 * the form of Nocedal and Wright, Numerical Optimization, algorithm 5.2), from x = 0.
 *
 * <p>Symbols: r = b - A x, p the search direction, alpha its step, beta the share of the last direction in the next.
 */
public final class ConjugateGradient {

    private ConjugateGradient() {}

    /** A symmetric positive definite matrix. */
    public interface Operator {
        /**
         * Computes A v.
         *
         * @param v not modified
         * @param out overwritten
         */
        void multiply(double[] v, double[] out);
    }

    /**
     * What a solution cost and how good it is.
     *
     * @param residualNorms |r| before the first iteration (= |b|) and after each
     * @param quadraticForm x'A x, found as x'(b - r) without another product
     */
    public record Result(double[] residualNorms, double quadraticForm) {

        /** The number of iterations, each one product. */
        public int iterations() {
            return residualNorms.length - 1;
        }
    }

    /**
     * Solves A x = b approximately.
     *
     * @param b right-hand side [P], not zero; not modified
     * @param iterations most iterations
     * @param tolerance stops when |r| &lt;= tolerance * |b|
     * @param x solution [P]; overwritten
     */
    public static Result solve(Operator a, double[] b, int iterations, double tolerance, double[] x) {
        Arrays.fill(x, 0);
        double[] r = b.clone();
        double[] p = b.clone();
        double[] ap = new double[b.length];
        double rr = Vectors.dot(r, r);
        double goal = tolerance * Math.sqrt(rr);
        double[] norms = new double[iterations + 1];
        norms[0] = Math.sqrt(rr);
        int done = 0;
        while (done < iterations && norms[done] > goal) {
            a.multiply(p, ap);
            double alpha = rr / Vectors.dot(p, ap);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.fma(alpha, p[i], x[i]);
                r[i] = Math.fma(-alpha, ap[i], r[i]);
            }
            double next = Vectors.dot(r, r);
            double beta = next / rr;
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
