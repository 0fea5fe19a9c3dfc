// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes batches from samples of one space, as Gymnasium's vector environments batch their observations. Arrays get a
 * new first axis. A Dict or Tuple is batched element by element. For other spaces, a batch is a {@link Tuple} of
 * samples.
 */
public final class Batches {
    private static final int UNKNOWN = Integer.MAX_VALUE;

    private Batches() {}

    /**
     * Makes one batch of samples. Arrays and numbers are converted to the dtype of their space. An integer dtype
     * accepts only whole numbers in its range. The bounds of the spaces are not checked.
     *
     * @param samples members of the space, at least one; not modified. In place of an array, a sample can contain an
     *     array of Java with the elements in row-major order, such as a double[]. In place of an array of shape
     *     {@code []}, it can contain a number
     * @throws IllegalArgumentException if there is no sample, if a sample does not have exactly the parts of the space,
     *     for example the keys of a Dict, or if an array cannot be converted
     */
    public static Object concatenate(Space space, List<?> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("there is no sample of " + space + " to batch");
        }
        if (space instanceof ArraySpace array) {
            return NdArray.stack(samples.stream()
                    .map(sample -> ArrayMembers.of(array, sample))
                    .toList());
        }
        if (space instanceof DictSpace dict) {
            List<Map<?, ?>> maps =
                    samples.stream().<Map<?, ?>>map(sample -> map(dict, sample)).toList();
            Map<Object, Object> batch = new LinkedHashMap<>();
            dict.spaces()
                    .forEach((key, inner) -> batch.put(
                            key,
                            concatenate(
                                    inner,
                                    maps.stream().map(map -> map.get(key)).toList())));
            return batch;
        }
        if (space instanceof TupleSpace tuple) {
            List<List<?>> lists =
                    samples.stream().<List<?>>map(sample -> list(tuple, sample)).toList();
            List<Object> batch = new ArrayList<>();
            for (int i = 0; i < tuple.spaces().size(); i++) {
                int index = i;
                batch.add(concatenate(
                        tuple.spaces().get(i),
                        lists.stream().map(list -> list.get(index)).toList()));
            }
            return Tuple.copyOf(batch);
        }
        return Tuple.copyOf(samples);
    }

    /**
     * Takes one sample out of a batch.
     *
     * @throws IllegalArgumentException if the batch lacks a part that the space has, for example a key of a Dict
     */
    public static Object get(Space space, Object batch, int index) {
        if (space instanceof ArraySpace) {
            if (!(batch instanceof NdArray array)) {
                throw new IllegalArgumentException(
                        "a batch of " + space + " is an array, not " + ArrayMembers.describe(batch));
            }
            NdArray row = array.row(index);
            return space instanceof DiscreteSpace ? row.asScalar() : row;
        }
        if (space instanceof DictSpace dict) {
            Map<Object, Object> sample = new LinkedHashMap<>();
            dict.spaces()
                    .forEach((key, inner) ->
                            sample.put(key, get(inner, map(dict, batch).get(key), index)));
            return sample;
        }
        if (space instanceof TupleSpace tuple) {
            List<Object> sample = new ArrayList<>();
            for (int i = 0; i < tuple.spaces().size(); i++) {
                sample.add(get(tuple.spaces().get(i), list(tuple, batch).get(i), index));
            }
            return Tuple.copyOf(sample);
        }
        return list(space, batch).get(index);
    }

    /**
     * Casts a batch of an array space to an array.
     *
     * @throws IllegalStateException if the batch is null or a batch of another space
     */
    public static NdArray requireArray(Object batch) {
        if (batch instanceof NdArray array) {
            return array;
        }
        throw new IllegalStateException(
                batch == null
                        ? "the observations are missing"
                        : "the observations are not an array but a "
                                + batch.getClass().getSimpleName() + "; use batch() instead");
    }

    /**
     * The number of samples in a batch; 0 if the number is unknown, because the space is an empty Dict or Tuple, or
     * contains only such spaces; -1 if {@code batch} does not have the structure of a batch of the space.
     */
    static int count(Space space, Object batch) {
        int count = countOrUnknown(space, batch);
        return count == UNKNOWN ? 0 : count;
    }

    private static int countOrUnknown(Space space, Object batch) {
        if (space instanceof ArraySpace) {
            int[] shape = batch instanceof NdArray array ? array.shape() : new int[0];
            return shape.length == 0 || space instanceof DiscreteSpace && shape.length > 1 ? -1 : shape[0];
        }
        if (space instanceof DictSpace dict) {
            if (!(batch instanceof Map<?, ?> map)
                    || !map.keySet().equals(dict.spaces().keySet())) {
                return -1;
            }
            int common = UNKNOWN;
            for (Map.Entry<?, Space> entry : dict.spaces().entrySet()) {
                common = merge(common, countOrUnknown(entry.getValue(), map.get(entry.getKey())));
            }
            return common;
        }
        if (space instanceof TupleSpace tuple) {
            if (!(batch instanceof List<?> list)
                    || list.size() != tuple.spaces().size()) {
                return -1;
            }
            int common = UNKNOWN;
            for (int i = 0; i < list.size(); i++) {
                common = merge(common, countOrUnknown(tuple.spaces().get(i), list.get(i)));
            }
            return common;
        }
        return batch instanceof Tuple samples ? samples.size() : -1;
    }

    private static int merge(int one, int other) {
        if (one == UNKNOWN || other == UNKNOWN) {
            return one == UNKNOWN ? other : one;
        }
        return one == other ? one : -1;
    }

    private static Map<?, ?> map(DictSpace space, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    "the members of " + space + " are maps, not " + ArrayMembers.describe(value));
        }
        if (!map.keySet().equals(space.spaces().keySet())) {
            throw new IllegalArgumentException("the members of " + space + " are maps with the keys "
                    + space.spaces().keySet() + ", not " + map.keySet());
        }
        return map;
    }

    private static List<?> list(Space space, Object value) {
        if (value instanceof List<?> list
                && (!(space instanceof TupleSpace tuple)
                        || list.size() == tuple.spaces().size())) {
            return list;
        }
        String wanted = space instanceof TupleSpace tuple ? tuple.spaces().size() + " elements" : "samples";
        throw new IllegalArgumentException(
                "a value for " + space + " is a list of " + wanted + ", not " + ArrayMembers.describe(value));
    }
}
