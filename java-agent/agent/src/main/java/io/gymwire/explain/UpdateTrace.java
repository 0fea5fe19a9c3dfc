// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import io.gymwire.update.Surrogate;
import io.gymwire.update.natural.ConjugateGradient;
import io.gymwire.update.natural.LineSearchTry;
import io.gymwire.update.natural.UpdateListener;
import java.util.ArrayList;
import java.util.List;

/**
 * A record of an update along the natural gradient. {@link ConjugateGradient} explains the symbols of {@link Direction}
 * and {@link Step}; {@link Surrogate} explains L and KL; {@link io.gymwire.update.natural.NaturalUpdate} explains the
 * other symbols.
 */
final class UpdateTrace implements UpdateListener {

    private final List<Direction> directions = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<LineSearchTry> tries = new ArrayList<>();
    private Surrogate surrogate;
    private ConjugateGradient.Operator fisher;
    private double[] g;
    private double[] x;
    private double beta = Double.NaN;

    /**
     * A direction of conjugate gradient.
     *
     * @param p [P]
     * @param ap (F + damping I) p [P]
     * @param pr p'r, where r is the residual before the step
     * @param rr r'r
     */
    record Direction(double[] p, double[] ap, double pr, double rr) {}

    /**
     * One step of conjugate gradient: its length alpha along the direction p, and the factor beta of p in the next
     * direction.
     */
    record Step(double alpha, double beta) {}

    @Override
    public void gradient(Surrogate surrogate, double[] g) {
        this.surrogate = surrogate;
        this.g = g.clone();
    }

    @Override
    public void direction(double[] p, double[] r, double[] ap) {
        directions.add(new Direction(p.clone(), ap.clone(), Vectors.dot(p, r), Vectors.dot(r, r)));
    }

    @Override
    public void step(double alpha, double beta) {
        steps.add(new Step(alpha, beta));
    }

    @Override
    public void solution(ConjugateGradient.Operator fisher, double[] x, double beta) {
        this.fisher = fisher;
        this.x = x.clone();
        this.beta = beta;
    }

    @Override
    public void tried(LineSearchTry attempt) {
        tries.add(attempt);
    }

    List<Direction> directions() {
        return directions;
    }

    List<Step> steps() {
        return steps;
    }

    List<LineSearchTry> tries() {
        return tries;
    }

    /** Whether the update found a finite solution x, and a finite factor beta above 0 for the full step beta x. */
    boolean hasSolution() {
        return x != null && beta > 0 && Double.isFinite(beta) && Vectors.isFinite(x);
    }

    /** The functions L and KL of the update; null if the update ended before it computed a gradient. */
    Surrogate surrogate() {
        return surrogate;
    }

    /** (F + damping I) v. */
    double[] multiply(double[] v) {
        double[] out = new double[v.length];
        fisher.multiply(v, out);
        return out;
    }

    /** v'(F + damping I) v. */
    double quadraticForm(double[] v) {
        return Vectors.dot(v, multiply(v));
    }

    double[] g() {
        return g;
    }

    double[] x() {
        return x;
    }

    double beta() {
        return beta;
    }
}
