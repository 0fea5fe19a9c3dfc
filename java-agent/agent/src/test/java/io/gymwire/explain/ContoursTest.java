// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ContoursTest {

    private static final double[] CORNERS = {0, 1};

    @Test
    void theContourOfALinearFunctionIsExact() {
        double[] us = {0, 1, 3};
        double[] vs = {-1, 0, 2, 5};
        double[][] values = new double[vs.length][us.length];
        for (int row = 0; row < vs.length; row++) {
            for (int column = 0; column < us.length; column++) {
                values[row][column] = 2 * us[column] - vs[row];
            }
        }
        List<Contours.Segment> segments = Contours.of(us, vs, values, 0.5);
        assertTrue(segments.size() >= 3, segments.toString());
        for (Contours.Segment segment : segments) {
            assertEquals(0.5, 2 * segment.from().u() - segment.from().v(), 1e-12);
            assertEquals(0.5, 2 * segment.to().u() - segment.to().v(), 1e-12);
        }
    }

    @Test
    void theContourOfARoundBowlIsACircle() {
        int n = 61;
        double[] places = new double[n];
        for (int i = 0; i < n; i++) {
            places[i] = -1.5 + 3.0 * i / (n - 1);
        }
        double[][] values = new double[n][n];
        for (int row = 0; row < n; row++) {
            for (int column = 0; column < n; column++) {
                values[row][column] = places[column] * places[column] + places[row] * places[row];
            }
        }
        double length = 0;
        for (Contours.Segment segment : Contours.of(places, places, values, 1)) {
            assertEquals(1, Math.hypot(segment.from().u(), segment.from().v()), 1e-3);
            length += Math.hypot(
                    segment.to().u() - segment.from().u(),
                    segment.to().v() - segment.from().v());
        }
        assertEquals(2 * Math.PI, length, 0.01);
    }

    /** Two opposite corners of the square are high. The mean of the values at the four corners is {@code high / 2}. */
    @ParameterizedTest
    @CsvSource({"10, true", "3, false"})
    void theMeanOfTheCornersDecidesWhetherTheHighCornersOfASaddleAreConnected(double high, boolean connected) {
        double[][] values = {{high, 0}, {0, high}};
        List<Contours.Segment> segments = Contours.of(CORNERS, CORNERS, values, 2);
        assertEquals(2, segments.size());
        for (Contours.Segment segment : segments) {
            double middleU = (segment.from().u() + segment.to().u()) / 2;
            double middleV = (segment.from().v() + segment.to().v()) / 2;
            // If the high corners are connected, each line cuts off a low corner. The middle of the line then has
            // u > 0.5 and v < 0.5, or u < 0.5 and v > 0.5.
            assertEquals(connected, middleU > 0.5 != middleV > 0.5, segment.toString());
        }
    }

    @Test
    void aSquareWithACornerThatIsNotANumberHasNoLine() {
        double[][] values = {{0, 4}, {Double.NaN, 4}};
        assertEquals(List.of(), Contours.of(CORNERS, CORNERS, values, 2));
    }
}
