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
     * Makes one batch of samples.
     *
     * @param samples members of the space, at least one; not modified
     * @throws IllegalArgumentException if there is no sample, if a sample lacks a part that the space has, for example
     *     a key of a Dict, or if two arrays of one space have different dtypes or shapes
     */
    public static Object concatenate(Space space, List<?> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("there is no sample of " + space + " to batch");
        }
        if (space instanceof ArraySpace) {
            return NdArray.stack(
                    samples.stream().map(sample -> array(space, sample)).toList());
        }
        if (space instanceof DictSpace dict) {
            Map<Object, Object> batch = new LinkedHashMap<>();
            dict.spaces()
                    .forEach((key, inner) -> batch.put(
                            key,
                            concatenate(
                                    inner,
                                    samples.stream()
                                            .map(sample -> map(dict, sample).get(key))
                                            .toList())));
            return batch;
        }
        if (space instanceof TupleSpace tuple) {
            List<Object> batch = new ArrayList<>();
            for (int i = 0; i < tuple.spaces().size(); i++) {
                int index = i;
                batch.add(concatenate(
                        tuple.spaces().get(i),
                        samples.stream()
                                .map(sample -> list(tuple, sample).get(index))
                                .toList()));
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
            NdArray row = array(space, batch).row(index);
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

    private static NdArray array(Space space, Object value) {
        if (space instanceof DiscreteSpace discrete && (value instanceof Long || value instanceof Integer)) {
            return NdArray.ofLongs(discrete.dtype(), new int[0], ((Number) value).longValue());
        }
        if (value instanceof NdArray array) {
            return array;
        }
        throw new IllegalArgumentException("the members of " + space + " are arrays, not " + value);
    }

    private static Map<?, ?> map(DictSpace space, Object value) {
        if (value instanceof Map<?, ?> map
                && map.keySet().containsAll(space.spaces().keySet())) {
            return map;
        }
        throw new IllegalArgumentException("the members of " + space + " are maps with its keys, not " + value);
    }

    private static List<?> list(Space space, Object value) {
        if (value instanceof List<?> list
                && (!(space instanceof TupleSpace tuple)
                        || list.size() == tuple.spaces().size())) {
            return list;
        }
        throw new IllegalArgumentException(space + " is batched as a tuple, not as " + value);
    }
}
