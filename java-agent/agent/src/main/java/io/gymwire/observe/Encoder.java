// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.util.List;
import java.util.stream.Collectors;
import org.ejml.data.DMatrixRMaj;

/**
 * Converts the observations of one space into rows of numbers. A row contains the columns of all parts of an
 * observation, in the order of Gymnasium's {@code flatten}; a Discrete part has one column for each possible value. If
 * only some elements of a Box are used, a row contains only these elements. Each thread needs its own encoder. After
 * the first step, {@link #encodeStep} allocates no memory, except if the step must decode its observations, for example
 * an array of bools.
 */
public final class Encoder {

    private final Space space;
    private final List<Part> parts;
    private final int size;
    private final int[] observed;
    private double[] numbers = new double[0]; // the elements of one array in several environments; can grow

    /**
     * An array of the observations.
     *
     * @param leaf the array's index among the {@link Leaves}
     * @param path the array's place in the observation, see {@link Leaves.Leaf}
     */
    record Part(int leaf, String path, ArrayEncoder encoder) {}

    /**
     * An encoder.
     *
     * @param space the space of one observation
     * @param parts the parts in the order of {@link Leaves}, without the parts that have no elements
     * @param observed the elements of an observation to use, ascending; empty for all; not modified
     */
    Encoder(Space space, List<Part> parts, int... observed) {
        this.space = space;
        this.parts = List.copyOf(parts);
        this.size = parts.stream().mapToInt(part -> part.encoder().size()).sum();
        this.observed = observed.clone();
    }

    /** The number of columns of an encoded observation. */
    public int size() {
        return size;
    }

    /** For each column, whether it is a continuous quantity, which can be normalised. */
    public boolean[] continuous() {
        boolean[] continuous = new boolean[size];
        int column = 0;
        for (Part part : parts) {
            for (int j = 0; j < part.encoder().size(); j++) {
                continuous[column++] = part.encoder().isContinuous();
            }
        }
        return continuous;
    }

    /** The columns of one array: {@code from}, ..., {@code to - 1}. */
    public record Columns(int from, int to) {}

    /**
     * The columns of one array.
     *
     * @param path the array's place in the observation, see {@link Leaves.Leaf}
     * @throws IllegalArgumentException if there is no such array, or if the array has no elements
     */
    public Columns columns(String path) {
        int first = 0;
        for (Part part : parts) {
            int size = part.encoder().size();
            if (part.path().equals(path)) {
                return new Columns(first, first + size);
            }
            first += size;
        }
        String paths = parts.stream().map(Part::path).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("observations have no part '" + path + "', "
                + (paths.isEmpty() ? "because they are one array" : "only " + paths));
    }

    /** The elements of an observation that are used, ascending; empty for all. */
    public int[] observed() {
        return observed.clone();
    }

    /**
     * Encodes observations.
     *
     * @param observations one observation, or several observations with an additional first axis, as in
     *     {@link VectorReset#batch}; not modified
     * @param count the number of observations
     * @param out [rows][size]; the rows {@code row}, ..., {@code row + count - 1} are overwritten
     * @throws InvalidObservationException if an element is NaN or too large, or a choice is not in its space
     */
    public void encode(Object observations, int count, DMatrixRMaj out, int row) {
        List<NdArray> arrays = Leaves.arrays(space, observations);
        int column = 0;
        for (int i = 0; i < parts.size(); i++) {
            ArrayEncoder encoder = parts.get(i).encoder();
            reserve(count * encoder.arraySize());
            arrays.get(parts.get(i).leaf()).copyTo(numbers, 0);
            encode(parts.get(i), count, out, row * size + column);
            column += encoder.size();
        }
    }

    /**
     * Encodes the observations of a step, like {@link #encode(Object, int, DMatrixRMaj, int)}.
     *
     * @param count the number of environments in the step
     */
    public void encodeStep(VectorStep step, int count, DMatrixRMaj out, int row) {
        int column = 0;
        for (int i = 0; i < parts.size(); i++) {
            ArrayEncoder encoder = parts.get(i).encoder();
            reserve(count * encoder.arraySize());
            step.copyObservations(parts.get(i).leaf(), numbers, 0, count * encoder.arraySize());
            encode(parts.get(i), count, out, row * size + column);
            column += encoder.size();
        }
    }

    /** An encoder with the same parts, for another thread. */
    public Encoder copy() {
        return new Encoder(space, parts, observed);
    }

    private void encode(Part part, int count, DMatrixRMaj out, int to) {
        int arraySize = part.encoder().arraySize();
        for (int i = 0; i < count; i++) {
            int invalid = part.encoder().encode(numbers, i * arraySize, out.data, to + i * size);
            if (invalid >= 0) {
                throw new InvalidObservationException(i, describe(part, invalid, numbers[i * arraySize + invalid]));
            }
        }
    }

    private String describe(Part part, int element, double value) {
        String text = "an observation whose " + name(part, element) + " is ";
        if (!Double.isFinite(value)) {
            return text + value;
        }
        if (Math.abs(value) > ElementsEncoder.LIMIT) {
            return text + value + " (at most " + ElementsEncoder.LIMIT + " is possible; clip the element in a wrapper)";
        }
        return text + (long) value + ", which is not in "
                + Leaves.of(space).get(part.leaf()).space();
    }

    private static String name(Part part, int element) {
        return "element " + element + (part.path().isEmpty() ? "" : " of " + part.path());
    }

    private void reserve(int length) {
        if (numbers.length < length) {
            numbers = new double[length];
        }
    }
}
