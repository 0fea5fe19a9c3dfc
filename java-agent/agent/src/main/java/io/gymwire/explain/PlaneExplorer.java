// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Policy;
import io.gymwire.update.Surrogate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;

/** Measures a {@link Plane}. */
final class PlaneExplorer {

    private static final int GRID = 41;
    private static final int DIRECTIONS = 144;
    /**
     * The natural gradient x and the gradient g count as parallel if the part of x that is orthogonal to g is at most
     * this multiple of the length of x. Then there is no plane.
     */
    private static final double PARALLEL = 1e-9;
    /**
     * The window is the smallest rectangle that contains the steps and the curves {@code divergence} and {@code damped}
     * of {@link Plane.Curves}, with a margin on each side. This is the margin, as a share of the rectangle's width or
     * height.
     */
    private static final double MARGIN = 0.12;
    /**
     * The points of the curve {@code divergence} are searched for on the rays from theta_old through the points of the
     * curve {@code damped}. Each search ends at this multiple of the distance from theta_old to the point of
     * {@code damped}.
     */
    private static final double FARTHEST = 4;

    private static final int ROOT_STEPS = 60;
    private static final double ROOT_TOLERANCE = 1e-10; // relative to delta

    private final Policy policy;
    private final UpdateTrace trace;
    private final Surrogate surrogate;
    private final double[] old; // [P], theta_old
    private final double[] e1; // [P]
    private final double[] e2; // [P]
    private final Plane.Bound bound;
    private final double delta;
    private final double start; // L(theta_old)

    private PlaneExplorer(Policy policy, UpdateTrace trace, Plane.Bound bound) {
        this.policy = policy;
        this.trace = trace;
        this.surrogate = trace.surrogate();
        this.old = surrogate.oldTheta();
        this.bound = bound;
        this.delta = bound.nats();
        this.start = surrogate.at(old).surrogate();
        this.e1 = StepPath.scaled(1 / Vectors.norm(trace.g()), trace.g());
        double[] rest = across(trace);
        this.e2 = StepPath.scaled(1 / Vectors.norm(rest), rest);
    }

    /**
     * Measures the plane around theta_old.
     *
     * @param places the parameter vectors that the update reached [points][P]; the last vector is the update's result
     * @param progress receives the fraction of the work that is done, from 0 to 1
     * @return empty if the natural gradient has the direction of the gradient
     */
    static Optional<Plane> explore(
            Policy policy, UpdateTrace trace, TrustRegionShape shape, List<double[]> places, DoubleConsumer progress) {
        if (Vectors.norm(across(trace)) <= PARALLEL * Vectors.norm(trace.x())) {
            return Optional.empty();
        }
        return Optional.of(new PlaneExplorer(policy, trace, shape.bound()).measure(shape.damping(), places, progress));
    }

    /** The part of the natural gradient that is orthogonal to the gradient [P]. */
    private static double[] across(UpdateTrace trace) {
        double[] direction = StepPath.scaled(1 / Vectors.norm(trace.g()), trace.g());
        return StepPath.moved(trace.x(), -Vectors.dot(trace.x(), direction), direction);
    }

    /**
     * The shape of the trust region.
     *
     * @param bound the bound on the divergence
     * @param damping the number that is added to the diagonal of the Fisher matrix F
     */
    record TrustRegionShape(Plane.Bound bound, double damping) {}

    private Plane measure(double damping, List<double[]> places, DoubleConsumer progress) {
        double[][] h = quadraticForm();
        double[][] f = {{h[0][0] - damping, h[0][1]}, {h[1][0], h[1][1] - damping}};
        List<Plane.Point> damped = ellipse(h);
        List<Plane.Point> curve = new ArrayList<>();
        for (Plane.Point point : damped) {
            curve.add(onDivergence(point));
            progress.accept(0.3 * curve.size() / damped.size());
        }
        Plane.Curves curves = new Plane.Curves(curve, ellipse(f), damped);
        Plane.Point along = new Plane.Point(Math.sqrt(2 * delta / h[0][0]), 0);
        List<Plane.Point> passes = places.stream().map(this::place).toList();
        double[] natural = StepPath.moved(old, trace.beta(), trace.x());
        Plane.Steps steps = new Plane.Steps(
                end(along, StepPath.moved(old, along.u(), e1)),
                end(place(natural), natural),
                end(passes.get(passes.size() - 1), places.get(places.size() - 1)),
                passes);
        Plane.Window window = window(curves, steps);
        return new Plane(bound, window, grid(window, part -> progress.accept(0.3 + 0.7 * part)), curves, steps);
    }

    /** The matrix with the elements e_i'(F + damping I)e_j. A prime (') is the transpose. */
    private double[][] quadraticForm() {
        double[] h1 = trace.multiply(e1);
        double[] h2 = trace.multiply(e2);
        double mixed = (Vectors.dot(e2, h1) + Vectors.dot(e1, h2)) / 2;
        return new double[][] {{Vectors.dot(e1, h1), mixed}, {mixed, Vectors.dot(e2, h2)}};
    }

    /**
     * The curve of the places d = (u, v) with d'M d / 2 = delta. With M = C C', where C is lower triangular,
     * d = sqrt(2 delta) C'^-1 (cos a, sin a) for angles a. The curve is empty if M is not positive definite. This is
     * possible if M is computed from F without damping, because F can be singular.
     */
    private List<Plane.Point> ellipse(double[][] m) {
        double c11 = Math.sqrt(m[0][0]);
        double c21 = m[1][0] / c11;
        double c22 = Math.sqrt(m[1][1] - c21 * c21);
        List<Plane.Point> points = new ArrayList<>();
        for (int i = 0; i < DIRECTIONS && c22 > 0; i++) {
            double angle = 2 * Math.PI * i / DIRECTIONS;
            double v = Math.sqrt(2 * delta) * StrictMath.sin(angle) / c22;
            double u = (Math.sqrt(2 * delta) * StrictMath.cos(angle) - c21 * v) / c11;
            points.add(new Plane.Point(u, v));
        }
        return points;
    }

    /**
     * The place where the divergence reaches delta on the ray from theta_old through a point; NaN if no such place is
     * found. The place is t times the point. Near theta_old the divergence KL(t) grows with the square of t, so the
     * next guess for t is t sqrt(delta / KL(t)). If the guess leaves the interval that contains the wanted t, the
     * middle of the interval is taken. Before a place with a divergence above delta is known, there is no interval;
     * then t is at most FARTHEST.
     */
    private Plane.Point onDivergence(Plane.Point through) {
        double inside = 0;
        double outside = Double.NaN;
        double t = 1;
        for (int i = 0; i < ROOT_STEPS; i++) {
            double divergence = at(t * through.u(), t * through.v()).divergence();
            if (Math.abs(divergence - delta) <= ROOT_TOLERANCE * delta) {
                return new Plane.Point(t * through.u(), t * through.v());
            }
            if (divergence < delta) {
                inside = t;
            } else {
                outside = t; // also where the divergence is NaN
            }
            double guess = t * Math.sqrt(delta / divergence);
            if (Double.isNaN(outside)) {
                if (t >= FARTHEST) {
                    break;
                }
                t = Math.min(FARTHEST, guess > inside ? guess : FARTHEST);
            } else {
                t = guess > inside && guess < outside ? guess : (inside + outside) / 2;
            }
        }
        return new Plane.Point(Double.NaN, Double.NaN);
    }

    /** The projection of theta onto the plane. */
    private Plane.Point place(double[] theta) {
        double[] d = StepPath.moved(theta, -1, old);
        return new Plane.Point(Vectors.dot(e1, d), Vectors.dot(e2, d));
    }

    /**
     * The end of the step to theta. If theta is outside the policy's range, the divergence and the surrogate are
     * measured at the nearest theta in the range.
     */
    private Plane.End end(Plane.Point place, double[] theta) {
        Surrogate.Point values = within(theta);
        return new Plane.End(
                place, Vectors.norm(StepPath.moved(theta, -1, old)), values.divergence(), values.surrogate() - start);
    }

    private Surrogate.Point at(double u, double v) {
        return within(StepPath.moved(StepPath.moved(old, u, e1), v, e2));
    }

    private Surrogate.Point within(double[] theta) {
        double[] projected = theta.clone();
        policy.project(projected);
        return surrogate.at(projected);
    }

    private static Plane.Window window(Plane.Curves curves, Plane.Steps steps) {
        List<Plane.Point> shown = Stream.of(
                        curves.divergence(),
                        curves.damped(),
                        List.of(steps.gradient().place(), steps.natural().place()),
                        steps.passes())
                .flatMap(List::stream)
                .filter(point -> !Double.isNaN(point.u()))
                .toList();
        double left = shown.stream().mapToDouble(Plane.Point::u).min().orElseThrow();
        double right = shown.stream().mapToDouble(Plane.Point::u).max().orElseThrow();
        double low = shown.stream().mapToDouble(Plane.Point::v).min().orElseThrow();
        double high = shown.stream().mapToDouble(Plane.Point::v).max().orElseThrow();
        double width = MARGIN * (right - left);
        double height = MARGIN * (high - low);
        return new Plane.Window(
                new Plane.Point(left - width, low - height), new Plane.Point(right + width, high + height));
    }

    private Plane.Grid grid(Plane.Window window, DoubleConsumer progress) {
        double[] us = even(window.least().u(), window.most().u());
        double[] vs = even(window.least().v(), window.most().v());
        double[][] gains = new double[GRID][GRID];
        double[][] divergences = new double[GRID][GRID];
        for (int row = 0; row < GRID; row++) {
            for (int column = 0; column < GRID; column++) {
                Surrogate.Point point = at(us[column], vs[row]);
                gains[row][column] = point.surrogate() - start;
                divergences[row][column] = point.divergence();
            }
            progress.accept((row + 1.0) / GRID);
        }
        return new Plane.Grid(us, vs, gains, divergences);
    }

    private static double[] even(double from, double to) {
        double[] values = new double[GRID];
        Arrays.setAll(values, i -> from + i * (to - from) / (GRID - 1));
        return values;
    }
}
