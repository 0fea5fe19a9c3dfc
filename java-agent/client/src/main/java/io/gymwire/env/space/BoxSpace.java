// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Arrays of one dtype and shape. For each element, low[i] &lt;= x[i] &lt;= high[i]. */
public final class BoxSpace implements ArraySpace {
    private static final int SHOWN_BOUNDS = 8;

    private final DType dtype;
    private final int[] shape;
    private final NdArray lowest;
    private final NdArray highest;
    private final double[] low; // [size], rounded if a double cannot represent a 64-bit integer
    private final double[] high; // [size], rounded in the same way
    private final boolean[] boundedBelow; // [size]
    private final boolean[] boundedAbove; // [size]

    /**
     * A box. An element has a lower or an upper bound only if the given number is finite.
     *
     * @param low the smallest value of each element, row-major; -infinity if unbounded
     * @param high the largest value of each element, row-major; infinity if unbounded. In both arrays, a number outside
     *     the range of an integer dtype stands for the nearest double within the range.
     */
    public BoxSpace(DType dtype, int[] shape, double[] low, double[] high) {
        this(integersWithin(dtype, shape, low), integersWithin(dtype, shape, high), finite(low), finite(high));
    }

    /**
     * A box with bounds of the box's dtype. These bounds are exact for 64-bit integers too.
     *
     * @param lowest the smallest value of each element, with the dtype and shape of a member
     * @param highest the largest value of each element, with the dtype and shape of a member
     * @param boundedBelow for each element, row-major: whether its lowest value was set as a bound
     * @param boundedAbove for each element, row-major: whether its highest value was set as a bound
     */
    public BoxSpace(NdArray lowest, NdArray highest, boolean[] boundedBelow, boolean[] boundedAbove) {
        this.dtype = lowest.dtype();
        this.shape = lowest.shape();
        this.lowest = lowest;
        this.highest = highest;
        if (dtype.isComplex() || highest.dtype() != dtype || !highest.hasShape(shape)) {
            throw new IllegalArgumentException("a Box needs bounds of one real dtype and one shape, not "
                    + lowest.describe() + " and " + highest.describe());
        }
        this.low = lowest.toDoubles();
        this.high = highest.toDoubles();
        int size = lowest.size();
        if (low.length != size || high.length != size || boundedBelow.length != size || boundedAbove.length != size) {
            throw new IllegalArgumentException("a Box of shape " + Arrays.toString(shape) + " needs " + size
                    + " bounds of each kind, not " + low.length + ", " + high.length + ", " + boundedBelow.length
                    + " and " + boundedAbove.length);
        }
        for (int i = 0; i < size; i++) {
            if (!(low[i] <= high[i])) {
                throw new IllegalArgumentException("element " + i + " of a Box lies between " + low[i] + " and "
                        + high[i] + ", so no value is inside");
            }
        }
        this.boundedBelow = boundedBelow.clone();
        this.boundedAbove = boundedAbove.clone();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int[] shape() {
        return shape.clone();
    }

    /** The number of elements of a member. */
    public int size() {
        return low.length;
    }

    /** The smallest value of each element, not rounded, in an array of the space's dtype and shape. */
    public NdArray lowest() {
        return lowest;
    }

    /** The largest value of each element, not rounded, in an array of the space's dtype and shape. */
    public NdArray highest() {
        return highest;
    }

    /** A copy of the smallest values, row-major; 64-bit integers are rounded. */
    public double[] low() {
        return low.clone();
    }

    /** A copy of the largest values, row-major; 64-bit integers are rounded. */
    public double[] high() {
        return high.clone();
    }

    /** Whether the element at a flat index has a lower bound. */
    public boolean isBoundedBelow(int index) {
        return boundedBelow[index];
    }

    /** Whether the element at a flat index has an upper bound. */
    public boolean isBoundedAbove(int index) {
        return boundedAbove[index];
    }

    /** Whether every element has both bounds. */
    public boolean isBounded() {
        for (int i = 0; i < low.length; i++) {
            if (!boundedBelow[i] || !boundedAbove[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean contains(Object value) {
        if (!(value instanceof NdArray array) || !array.dtype().castsSafelyTo(dtype) || !array.hasShape(shape)) {
            return false;
        }
        if (isLong()) {
            return containsLongs(array);
        }
        for (int i = 0; i < low.length; i++) {
            double x = array.getDouble(i);
            if (!(x >= low[i] && x <= high[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean isLong() {
        return dtype == DType.INT64 || dtype == DType.UINT64;
    }

    private boolean containsLongs(NdArray array) {
        for (int i = 0; i < low.length; i++) {
            long x = array.getLong(i);
            if (compare(x, lowest.getLong(i)) < 0 || compare(x, highest.getLong(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private int compare(long one, long other) {
        return dtype == DType.UINT64 ? Long.compareUnsigned(one, other) : Long.compare(one, other);
    }

    /**
     * Draws each element according to its bounds. With two bounds, the element is uniform. With only a lower bound, it
     * is low + Exponential(1). With only an upper bound, it is high - Exponential(1). With no bound, it is
     * Normal(0, 1). For integers, the upper bound is raised by one, and the drawn value is rounded down.
     */
    @Override
    public NdArray sample(RandomGenerator random) {
        double[] values = new double[low.length];
        double end = dtype.isFloat() ? 0.0 : 1.0;
        for (int i = 0; i < values.length; i++) {
            double x = draw(random, i, high[i] + end);
            values[i] = dtype.isFloat() ? x : clipToInteger(Math.floor(x), i);
        }
        return isLong()
                ? clipToLongs(NdArray.ofDoubles(dtype, shape, values))
                : NdArray.ofDoubles(dtype, shape, values);
    }

    /** Moves each number back to its bound if rounding moved the number across the bound. */
    private NdArray clipToLongs(NdArray array) {
        long[] values = array.toLongs();
        for (int i = 0; i < values.length; i++) {
            values[i] = compare(values[i], lowest.getLong(i)) < 0 ? lowest.getLong(i) : values[i];
            values[i] = compare(values[i], highest.getLong(i)) > 0 ? highest.getLong(i) : values[i];
        }
        return NdArray.ofLongs(dtype, shape, values);
    }

    private double draw(RandomGenerator random, int i, double upper) {
        if (boundedBelow[i] && boundedAbove[i]) {
            double u = random.nextDouble();
            // This formula avoids high - low, which can exceed the largest double.
            return Math.min(Math.max(low[i] * (1.0 - u) + upper * u, low[i]), upper);
        }
        if (boundedBelow[i]) {
            return low[i] + random.nextExponential();
        }
        return boundedAbove[i] ? upper - random.nextExponential() : random.nextGaussian();
    }

    private double clipToInteger(double x, int i) {
        double largest = Math.min(high[i], Math.nextDown(dtype.endValue()));
        return Math.min(Math.max(x, low[i]), Math.floor(largest));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BoxSpace box
                && lowest.equals(box.lowest)
                && highest.equals(box.highest)
                && Arrays.equals(boundedBelow, box.boundedBelow)
                && Arrays.equals(boundedAbove, box.boundedAbove);
    }

    @Override
    public int hashCode() {
        return 31 * lowest.hashCode() + highest.hashCode();
    }

    /** The box in a form like Gymnasium's: {@code Box(-1.0, 1.0, (6,), float32)}. */
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
            default -> String.format(Locale.ROOT, "%.0f", bound);
        };
    }

    private String showShape() {
        String lengths = Arrays.toString(shape);
        return "(" + lengths.substring(1, lengths.length() - 1) + (shape.length == 1 ? ",)" : ")");
    }

    private static NdArray integersWithin(DType dtype, int[] shape, double[] bounds) {
        double[] numbers = bounds.clone();
        for (int i = 0; i < numbers.length && !dtype.isFloat(); i++) {
            double largest = Math.min(dtype.endValue() - 1, Math.nextDown(dtype.endValue()));
            numbers[i] = Math.min(Math.max(numbers[i], dtype.minValue()), largest);
        }
        return NdArray.ofDoubles(dtype, shape, numbers);
    }

    private static boolean[] finite(double[] bounds) {
        boolean[] finite = new boolean[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            finite[i] = Double.isFinite(bounds[i]);
        }
        return finite;
    }
}
