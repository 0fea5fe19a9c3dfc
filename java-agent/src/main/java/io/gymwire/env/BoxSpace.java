// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Arrays of one dtype and shape whose elements lie between bounds of their own: low[i] &lt;= x[i] &lt;= high[i]. */
public final class BoxSpace implements Space {
    private static final int SHOWN_BOUNDS = 8;

    private final DType dtype;
    private final int[] shape;
    private final double[] low; // [size]
    private final double[] high; // [size]
    private final boolean[] boundedBelow; // [size]
    private final boolean[] boundedAbove; // [size]

    /**
     * Describes a box.
     *
     * @param low the least value of each element, row-major; -infinity or an integer dtype's least value if unbounded
     * @param high the greatest value of each element, likewise
     * @param boundedBelow whether the element's low is a bound that was asked for
     * @param boundedAbove whether the element's high is a bound that was asked for
     */
    public BoxSpace(DType dtype, int[] shape, double[] low, double[] high, boolean[] boundedBelow,
            boolean[] boundedAbove) {
        int size = NdArray.size(shape);
        if (low.length != size || high.length != size || boundedBelow.length != size || boundedAbove.length != size) {
            throw new IllegalArgumentException("a Box of shape " + Arrays.toString(shape) + " needs " + size
                    + " bounds of each kind, not " + low.length + ", " + high.length + ", " + boundedBelow.length
                    + " and " + boundedAbove.length);
        }
        this.dtype = dtype;
        this.shape = shape.clone();
        this.low = low.clone();
        this.high = high.clone();
        this.boundedBelow = boundedBelow.clone();
        this.boundedAbove = boundedAbove.clone();
    }

    /** Describes a box whose finite bounds are the ones that were asked for. */
    public BoxSpace(DType dtype, int[] shape, double[] low, double[] high) {
        this(dtype, shape, low, high, finite(low), finite(high));
    }

    /** Returns the type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Returns a copy of the length of each axis. */
    public int[] shape() {
        return shape.clone();
    }

    /** Returns the number of elements of a member. */
    public int size() {
        return low.length;
    }

    /** Returns a copy of the least values, row-major. */
    public double[] low() {
        return low.clone();
    }

    /** Returns a copy of the greatest values, row-major. */
    public double[] high() {
        return high.clone();
    }

    /** Says whether the element at a flat index has a lower bound. */
    public boolean isBoundedBelow(int index) {
        return boundedBelow[index];
    }

    /** Says whether the element at a flat index has an upper bound. */
    public boolean isBoundedAbove(int index) {
        return boundedAbove[index];
    }

    /** Says whether every element has both bounds. */
    public boolean isBounded() {
        for (int i = 0; i < low.length; i++) {
            if (!boundedBelow[i] || !boundedAbove[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean contains(NdArray value) {
        if (!value.dtype().castsSafelyTo(dtype) || !value.hasShape(shape)) {
            return false;
        }
        for (int i = 0; i < low.length; i++) {
            double x = value.getDouble(i);
            if (!(x >= low[i] && x <= high[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Draws each element by its kind of bound: uniform between two, low + Exponential(1) or high - Exponential(1) with
     * one, Normal(0, 1) with none. Integers are rounded down after the upper bound was raised by one.
     */
    @Override
    public NdArray sample(RandomGenerator random) {
        double[] values = new double[low.length];
        double end = dtype.isFloat() ? 0.0 : 1.0;
        for (int i = 0; i < values.length; i++) {
            double x = draw(random, i, high[i] + end);
            values[i] = dtype.isFloat() ? x : clipToInteger(Math.floor(x), i);
        }
        return NdArray.ofDoubles(dtype, shape, values);
    }

    private double draw(RandomGenerator random, int i, double upper) {
        if (boundedBelow[i] && boundedAbove[i]) {
            double u = random.nextDouble();
            // The two products keep a range wider than the largest double finite.
            return Math.min(Math.max(low[i] * (1.0 - u) + upper * u, low[i]), upper);
        }
        if (boundedBelow[i]) {
            return low[i] + random.nextExponential();
        }
        return boundedAbove[i] ? upper - random.nextExponential() : random.nextGaussian();
    }

    private double clipToInteger(double x, int i) {
        double greatest = Math.min(high[i], Math.nextDown(dtype.endValue()));
        return Math.min(Math.max(x, low[i]), Math.floor(greatest));
    }

    /** Shows the box as Gymnasium does: {@code Box(-1.0, 1.0, (6,), float32)}. */
    @Override
    public String toString() {
        return "Box(" + show(low) + ", " + show(high) + ", " + showShape() + ", " + dtype + ")";
    }

    private String show(double[] bounds) {
        if (bounds.length > 0 && Arrays.stream(bounds).allMatch(bound -> bound == bounds[0])) {
            return show(bounds[0]);
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < Math.min(bounds.length, SHOWN_BOUNDS); i++) {
            text.append(i == 0 ? "" : " ").append(show(bounds[i]));
        }
        return text.append(bounds.length > SHOWN_BOUNDS ? " ...]" : "]").toString();
    }

    private String show(double bound) {
        if (Double.isInfinite(bound)) {
            return bound > 0 ? "inf" : "-inf";
        }
        return switch (dtype) {
            case FLOAT64, FLOAT16 -> String.valueOf(bound);
            case FLOAT32 -> String.valueOf((float) bound);
            default -> String.format("%.0f", bound);
        };
    }

    private String showShape() {
        String lengths = Arrays.toString(shape);
        return "(" + lengths.substring(1, lengths.length() - 1) + (shape.length == 1 ? ",)" : ")");
    }

    private static boolean[] finite(double[] bounds) {
        boolean[] finite = new boolean[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            finite[i] = Double.isFinite(bounds[i]);
        }
        return finite;
    }
}
