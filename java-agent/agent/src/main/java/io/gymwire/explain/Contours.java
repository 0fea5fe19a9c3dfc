// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import java.util.ArrayList;
import java.util.List;

/**
 * Contour lines of the values on a grid, by marching squares (Lorensen and Cline 1987 in two dimensions). The line of a
 * level crosses an edge of a square if the level lies between the values at the two ends of the edge. The place of the
 * crossing is interpolated linearly. If the line crosses all four edges (a saddle), the mean of the values at the four
 * corners decides which crossings are connected.
 */
final class Contours {

    private Contours() {}

    /** A straight piece of a line. */
    record Segment(Plane.Point from, Plane.Point to) {}

    /**
     * The pieces of one level's line.
     *
     * @param us the horizontal coordinates of the grid, ascending [n]
     * @param vs the vertical coordinates of the grid, ascending [m]
     * @param values the values at the points of the grid [m][n]; a square with a value that is not finite has no line
     */
    static List<Segment> of(double[] us, double[] vs, double[][] values, double level) {
        List<Segment> segments = new ArrayList<>();
        for (int row = 0; row + 1 < vs.length; row++) {
            for (int column = 0; column + 1 < us.length; column++) {
                add(new Square(us, vs, values, row, column), level, segments);
            }
        }
        return segments;
    }

    private static void add(Square square, double level, List<Segment> segments) {
        List<Plane.Point> crossings = square.crossings(level);
        if (crossings.size() == 2) {
            segments.add(new Segment(crossings.get(0), crossings.get(1)));
        } else if (crossings.size() == 4) {
            // The order of the crossings: bottom, right, top, left. Each of the two lines cuts off one corner. The
            // level lies between the value at this corner and the mean.
            boolean aroundFirst = square.value(0) > level != square.mean() > level;
            segments.add(new Segment(crossings.get(0), crossings.get(aroundFirst ? 3 : 1)));
            segments.add(new Segment(crossings.get(2), crossings.get(aroundFirst ? 1 : 3)));
        }
    }

    /** A square of the grid. The order of corners: lower left, lower right, upper right, upper left. */
    private record Square(double[] us, double[] vs, double[][] values, int row, int column) {

        double value(int corner) {
            return values[row + corner / 2][column + (corner == 1 || corner == 2 ? 1 : 0)];
        }

        Plane.Point place(int corner) {
            return new Plane.Point(us[column + (corner == 1 || corner == 2 ? 1 : 0)], vs[row + corner / 2]);
        }

        double mean() {
            return (value(0) + value(1) + value(2) + value(3)) / 4;
        }

        List<Plane.Point> crossings(double level) {
            List<Plane.Point> crossings = new ArrayList<>();
            if (!Double.isFinite(mean())) {
                return crossings;
            }
            for (int corner = 0; corner < 4; corner++) {
                int next = (corner + 1) % 4;
                if (value(corner) > level != value(next) > level) {
                    double part = (level - value(corner)) / (value(next) - value(corner));
                    Plane.Point from = place(corner);
                    Plane.Point to = place(next);
                    crossings.add(new Plane.Point(
                            from.u() + part * (to.u() - from.u()), from.v() + part * (to.v() - from.v())));
                }
            }
            return crossings;
        }
    }
}
