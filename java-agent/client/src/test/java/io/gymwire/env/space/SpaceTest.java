// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpaceTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final int DRAWS = 20_000;

    private final Random random = new Random(1);

    @Test
    void boxContainsArraysWithinItsBounds() {
        BoxSpace box = box(DType.FLOAT32, new double[] {-1, 0}, new double[] {1, INF});
        assertTrue(box.contains(NdArray.ofDoubles(DType.FLOAT32, new int[] {2}, -1, 1e30)));
        assertTrue(box.contains(NdArray.ofLongs(DType.INT8, new int[] {2}, 1, 5)));
        assertFalse(box.contains(NdArray.ofDoubles(DType.FLOAT32, new int[] {2}, -1.001, 0)));
        assertFalse(box.contains(NdArray.ofDoubles(DType.FLOAT32, new int[] {2}, Double.NaN, 0)));
        assertFalse(box.contains(NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 0, 0)), "float64 does not fit");
        assertFalse(box.contains(NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 1}, 0, 0)), "wrong shape");
    }

    @Test
    void theBoundsOfABoxDecideTheMeanAndVarianceOfItsSamples() {
        BoxSpace box = box(DType.FLOAT64, new double[] {-2, 3, -INF, -INF}, new double[] {6, INF, 3, INF});
        double[] sum = new double[4];
        double[] squares = new double[4];
        for (int draw = 0; draw < DRAWS; draw++) {
            NdArray sample = box.sample(random);
            assertTrue(box.contains(sample));
            for (int i = 0; i < 4; i++) {
                sum[i] += sample.getDouble(i);
                squares[i] += sample.getDouble(i) * sample.getDouble(i);
            }
        }
        // The distributions are Uniform(-2, 6), 3 + Exponential(1), 3 - Exponential(1), Normal(0, 1).
        double[] means = {2, 4, 2, 0};
        double[] variances = {64 / 12.0, 1, 1, 1};
        for (int i = 0; i < 4; i++) {
            double mean = sum[i] / DRAWS;
            assertEquals(means[i], mean, 0.1, "mean of element " + i);
            assertEquals(variances[i], squares[i] / DRAWS - mean * mean, 0.15, "variance of element " + i);
        }
    }

    @Test
    void integerBoxesReachBothBounds() {
        BoxSpace box = box(DType.INT8, new double[] {-1}, new double[] {1});
        int[] counts = new int[3];
        for (int draw = 0; draw < 3000; draw++) {
            counts[(int) box.sample(random).getLong(0) + 1]++;
        }
        for (int count : counts) {
            assertEquals(1000, count, 150);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FLOAT16", "FLOAT32", "FLOAT64", "COMPLEX64", "COMPLEX128"})
    void aBoxOverTheWholeRangeOfItsTypeContainsItsSamples(DType dtype) {
        double largest = dtype.endValue() - 1;
        BoxSpace bounded = box(dtype, new double[] {dtype.minValue()}, new double[] {largest});
        BoxSpace unbounded = new BoxSpace(bounded.lowest(), bounded.highest(), new boolean[1], new boolean[1]);
        for (int draw = 0; draw < 200; draw++) {
            assertTrue(bounded.contains(bounded.sample(random)));
            assertTrue(unbounded.contains(unbounded.sample(random)));
        }
    }

    @Test
    void boundsOfLongsAreExact() {
        NdArray low = NdArray.ofLongs(DType.INT64, new int[] {1}, (1L << 53) + 1);
        NdArray high = NdArray.ofLongs(DType.INT64, new int[] {1}, (1L << 53) + 3);
        BoxSpace box = new BoxSpace(low, high, new boolean[] {true}, new boolean[] {true});
        for (int draw = 0; draw < 100; draw++) {
            assertTrue(box.contains(box.sample(random)));
        }
        assertFalse(box.contains(NdArray.ofLongs(DType.INT64, new int[] {1}, 1L << 53)));
        assertFalse(box.contains(NdArray.ofLongs(DType.INT64, new int[] {1}, (1L << 53) + 4)));
    }

    @Test
    void aBoxWithTheLargestDoublesAsBoundsGivesFiniteSamples() {
        BoxSpace box = box(DType.FLOAT64, new double[] {-Double.MAX_VALUE}, new double[] {Double.MAX_VALUE});
        for (int draw = 0; draw < 100; draw++) {
            assertTrue(Double.isFinite(box.sample(random).getDouble(0)));
        }
    }

    @Test
    void aDiscreteSpaceCountsFromItsStart() {
        DiscreteSpace space = new DiscreteSpace(3, -1, DType.INT64);
        boolean[] seen = new boolean[3];
        for (int draw = 0; draw < 100; draw++) {
            NdArray sample = space.sample(random);
            assertTrue(space.contains(sample));
            seen[(int) sample.getLong(0) + 1] = true;
        }
        assertTrue(seen[0] && seen[1] && seen[2]);
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[0], 2)));
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[0], -2)));
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[] {1}, 0)), "not a single number");
        assertFalse(space.contains(NdArray.ofDoubles(DType.FLOAT64, new int[0], 0)), "not an integer");
        assertFalse(space.contains(NdArray.ofLongs(DType.UINT64, new int[0], 0)), "uint64 does not fit");
        assertTrue(space.contains(1L) && space.contains(-1) && !space.contains(2L), "a Java integer");
        assertFalse(space.contains(null) || space.contains("1"));
    }

    @Test
    void toStringGivesTheSameTextAsGymnasium() {
        assertEquals(
                "Box(-1.0, 1.0, (6,), float32)",
                box(DType.FLOAT32, fill(6, -1), fill(6, 1)).toString());
        assertEquals(
                "Box([-4.8 -inf], [4.8 inf], (2,), float32)",
                box(DType.FLOAT32, new double[] {-4.8f, -INF}, new double[] {4.8f, INF})
                        .toString());
        assertEquals(
                "Box(0, 255, (2,), uint8)",
                box(DType.UINT8, fill(2, 0), fill(2, 255)).toString());
        assertEquals("Discrete(4)", new DiscreteSpace(4, 0, DType.INT64).toString());
        assertEquals("Discrete(3, dtype=int32)", new DiscreteSpace(3, 0, DType.INT32).toString());
        assertEquals("Discrete(3, start=-1)", new DiscreteSpace(3, -1, DType.INT64).toString());
    }

    @Test
    void impossibleSpacesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new DiscreteSpace(0, 0, DType.INT64));
        assertThrows(IllegalArgumentException.class, () -> new DiscreteSpace(2, 0, DType.FLOAT32));
        assertThrows(
                IllegalArgumentException.class,
                () -> new BoxSpace(DType.FLOAT32, new int[] {3}, new double[2], new double[3]));
        assertThrows(IllegalArgumentException.class, () -> box(DType.FLOAT32, fill(2, 1), fill(2, 0)));
        assertThrows(IllegalArgumentException.class, () -> box(DType.FLOAT32, fill(2, Double.NaN), fill(2, 0)));
    }

    private static BoxSpace box(DType dtype, double[] low, double[] high) {
        return new BoxSpace(dtype, new int[] {low.length}, low, high);
    }

    private static double[] fill(int count, double value) {
        double[] values = new double[count];
        java.util.Arrays.fill(values, value);
        return values;
    }
}
