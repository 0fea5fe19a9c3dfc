// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The leaves of a space: the arrays in its members (the values that it contains). A member of an array space is one
 * array, or one number. A member of a Dict or Tuple contains the arrays of the inner spaces, one after the other. The
 * order is that of Gymnasium's {@code flatten}.
 */
public final class Leaves {
    private Leaves() {}

    /**
     * One array in the members of a space.
     *
     * @param path the keys and indices that lead to the array, joined by dots, e.g. {@code arm.0}. The path is empty if
     *     the space itself is an {@link ArraySpace}
     * @param space the array's space
     */
    public record Leaf(String path, ArraySpace space) {}

    /**
     * The leaves of a space.
     *
     * @throws IllegalArgumentException for a space without any array, or with a part that is not an array, such as
     *     Text. The message names the space or the part.
     */
    public static List<Leaf> of(Space space) {
        List<Leaf> leaves = new ArrayList<>();
        collect("", space, leaves);
        if (leaves.isEmpty()) {
            throw new IllegalArgumentException(space + " contains no numbers");
        }
        return List.copyOf(leaves);
    }

    /**
     * The arrays in a batch, or in one member, in the order of {@link #of}. The keys of a Dict can be in any order.
     *
     * @param space the space of one member
     * @throws IllegalArgumentException if a part is missing, or is neither an array nor an integer
     */
    public static List<NdArray> arrays(Space space, Object batch) {
        List<NdArray> arrays = new ArrayList<>();
        collect("", space, batch, arrays);
        return arrays;
    }

    private static void collect(String path, Space space, List<Leaf> leaves) {
        if (space instanceof ArraySpace array) {
            leaves.add(new Leaf(path, array));
        } else if (space instanceof DictSpace dict) {
            dict.spaces().forEach((key, inner) -> collect(join(path, key), inner, leaves));
        } else if (space instanceof TupleSpace tuple) {
            for (int i = 0; i < tuple.spaces().size(); i++) {
                collect(join(path, i), tuple.spaces().get(i), leaves);
            }
        } else {
            throw new IllegalArgumentException(
                    space + (path.isEmpty() ? "" : " (at " + path + ")") + " has no fixed number of elements");
        }
    }

    private static void collect(String path, Space space, Object value, List<NdArray> arrays) {
        if (value == null) {
            throw new IllegalArgumentException("there is no part '" + path + "'");
        }
        if (space instanceof DictSpace dict && value instanceof Map<?, ?> map) {
            dict.spaces().forEach((key, inner) -> collect(join(path, key), inner, map.get(key), arrays));
        } else if (space instanceof TupleSpace tuple && value instanceof List<?> list) {
            for (int i = 0; i < tuple.spaces().size(); i++) {
                Object part = i < list.size() ? list.get(i) : null;
                collect(join(path, i), tuple.spaces().get(i), part, arrays);
            }
        } else if (value instanceof Long || value instanceof Integer) {
            // A member of a Discrete space can be a number.
            arrays.add(NdArray.ofLongs(DType.INT64, new int[0], ((Number) value).longValue()));
        } else if (value instanceof NdArray array) {
            arrays.add(array);
        } else {
            throw new IllegalArgumentException("the part '" + path + "' is not an array but a "
                    + value.getClass().getSimpleName());
        }
    }

    private static String join(String path, Object key) {
        return path.isEmpty() ? key.toString() : path + "." + key;
    }
}
