// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import java.util.List;

/**
 * The plane through theta_old that the gradient g and the natural gradient x span. A place in the plane is
 * theta_old + u e1 + v e2. Here e1 = g / |g|, and e2 is the part of x that is orthogonal to g, scaled to length 1.
 * Therefore the distance between two places in the plane is the distance between their parameters theta. If a parameter
 * of a place is outside its range, L and the divergence are measured at the nearest theta in the range.
 *
 * @param bound the divergence that the comments of {@link Curves} and {@link Steps} call delta
 * @param window the rectangle that the grid covers
 * @param grid the gain L - L(theta_old) of the surrogate, and the divergence, at the grid's points
 * @param curves the curves on which the divergence and its models equal the bound
 * @param steps the ends of steps from theta_old
 */
record Plane(Bound bound, Window window, Grid grid, Curves curves, Steps steps) {

    /**
     * A divergence, which the comments of this file call delta.
     *
     * @param reached true if the explained update uses no natural gradient: then this is the divergence that the update
     *     reached. If false, this is the update's bound on the divergence
     */
    record Bound(double nats, boolean reached) {

        /** The name of the divergence on the page. */
        String name() {
            return reached ? "KL(old, new)" : "delta";
        }
    }

    /** A place in the plane. */
    record Point(double u, double v) {}

    /** A rectangle in the plane. */
    record Window(Point least, Point most) {}

    /**
     * Values at the points of a grid over the window. Within a row, u grows and v is constant.
     *
     * @param us the values of u [n]
     * @param vs the values of v [m]
     * @param gains L - L(theta_old) [m][n]
     * @param divergences mean KL(old || theta), in nats [m][n]
     */
    record Grid(double[] us, double[] vs, double[][] gains, double[][] divergences) {}

    /**
     * Closed curves around theta_old. The step from theta_old to a point is d, and F is the Fisher matrix. The points
     * of {@code divergence} are searched for in the directions of the points of {@code damped}. If damping is 0,
     * {@code damped} is the same curve as {@code model}. If {@code model} is then empty, all three curves are empty.
     *
     * @param divergence mean KL(old || theta) = delta; a point is NaN if no such place was found in its direction
     * @param model d'F d / 2 = delta; empty if F is not positive definite in the plane, because F is singular or
     *     because of rounding
     * @param damped d'(F + damping I) d / 2 = delta
     */
    record Curves(List<Point> divergence, List<Point> model, List<Point> damped) {}

    /**
     * The ends of steps from theta_old.
     *
     * @param gradient the step along g for which d'(F + damping I) d / 2 = delta
     * @param natural the step along x for which d'(F + damping I) d / 2 = delta; it is beta x in
     *     {@link io.gymwire.update.natural.NaturalUpdate}
     * @param taken the update's step
     * @param passes the ends of the update's passes, projected onto the plane; if the algorithm makes no passes, only
     *     the end of the update
     */
    record Steps(End gradient, End natural, End taken, List<Point> passes) {}

    /**
     * The end of a step d. If d leaves the plane, {@code place} is a projection, and the other values belong to d
     * itself.
     *
     * @param place d projected onto the plane
     * @param length |d|
     * @param divergence mean KL(old || theta) at theta = theta_old + d, in nats
     * @param gain L(theta_old + d) - L(theta_old)
     */
    record End(Point place, double length, double divergence, double gain) {}
}
