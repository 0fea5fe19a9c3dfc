// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.linalg.Vectors;
import java.util.Arrays;

/**
 * Solves A x = b for a symmetric positive definite A that is known by its products alone (Hestenes and Stiefel 1952;
 * the form of Nocedal and Wright, Numerical Optimization, algorithm 5.2), from x = 0.
 *
 * <p>Symbols: r = b - A x, p the search direction, alpha its step, beta the share of the last direction in the next,
 * y = B r with the preconditioner B.
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
        return solve(a, null, b, iterations, tolerance, x);
    }

    /**
     * Solves A x = b approximately; the residual is searched in the directions y = B r.
     *
     * @param inverse B, symmetric positive definite and like A^-1, or null for the identity
     */
    static Result solve(Operator a, Operator inverse, double[] b, int iterations, double tolerance, double[] x) {
        Arrays.fill(x, 0);
        double[] r = b.clone();
        double[] y = inverse == null ? r : new double[b.length];
        precondition(inverse, r, y);
        double[] p = y.clone();
        double[] ap = new double[b.length];
        double ry = Vectors.dot(r, y);
        double[] norms = new double[iterations + 1];
        norms[0] = Vectors.norm(r);
        double goal = tolerance * norms[0];
        int done = 0;
        while (done < iterations && norms[done] > goal) {
            a.multiply(p, ap);
            double alpha = ry / Vectors.dot(p, ap);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.fma(alpha, p[i], x[i]);
                r[i] = Math.fma(-alpha, ap[i], r[i]);
            }
            precondition(inverse, r, y);
            double next = Vectors.dot(r, y);
            double beta = next / ry;
            for (int i = 0; i < p.length; i++) {
                p[i] = Math.fma(beta, p[i], y[i]);
            }
            ry = next;
            norms[++done] = inverse == null ? Math.sqrt(ry) : Vectors.norm(r);
        }
        double quadraticForm = 0;
        for (int i = 0; i < x.length; i++) {
            quadraticForm = Math.fma(x[i], b[i] - r[i], quadraticForm);
        }
        return new Result(Arrays.copyOf(norms, done + 1), quadraticForm);
    }

    private static void precondition(Operator inverse, double[] r, double[] y) {
        if (inverse != null) {
            inverse.multiply(r, y);
        }
    }
}
