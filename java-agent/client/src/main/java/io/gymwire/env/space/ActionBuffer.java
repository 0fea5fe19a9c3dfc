// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch of actions that is overwritten for each step. It has one array for each of the space's {@link Leaves}. The
 * elements of an array are addressed by their flat index.
 */
public final class ActionBuffer {
    private final Space single;
    private final DType[] dtypes;
    private final ByteBuffer[] bytes;
    private final NdArray[] arrays; // views of bytes

    /**
     * A buffer for one action per environment.
     *
     * @param single the space of one environment's action: a space of arrays, or a Dict or Tuple of such spaces
     * @param numEnvs the number of environments
     * @throws IllegalArgumentException for a space of another kind, or without any array, such as an empty Tuple
     */
    public ActionBuffer(Space single, int numEnvs) {
        this.single = single;
        List<Leaves.Leaf> leaves = Leaves.of(single);
        dtypes = new DType[leaves.size()];
        bytes = new ByteBuffer[leaves.size()];
        arrays = new NdArray[leaves.size()];
        for (int leaf = 0; leaf < arrays.length; leaf++) {
            ArraySpace space = leaves.get(leaf).space();
            int[] inner = space.shape();
            int[] shape = new int[inner.length + 1];
            shape[0] = numEnvs;
            System.arraycopy(inner, 0, shape, 1, inner.length);
            dtypes[leaf] = space.dtype();
            bytes[leaf] = ByteBuffer.allocate(Math.multiplyExact(NdArray.size(shape), dtypes[leaf].byteSize()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            arrays[leaf] = NdArray.wrap(dtypes[leaf], shape, ByteBuffer.wrap(bytes[leaf].array()));
        }
    }

    /** Writes an element of a leaf. The value is cast to the leaf's dtype as in {@link NdArray#ofDoubles}. */
    public void put(int leaf, int index, double value) {
        Elements.putDouble(bytes[leaf].position(index * dtypes[leaf].byteSize()), dtypes[leaf], value);
    }

    /** Writes an element of a leaf. The value is cast to the leaf's dtype as in {@link NdArray#ofLongs}. */
    public void put(int leaf, int index, long value) {
        Elements.putLong(bytes[leaf].position(index * dtypes[leaf].byteSize()), dtypes[leaf], value);
    }

    /** Writes an element of leaf 0, which is the only leaf of an {@link ArraySpace}. */
    public void put(int index, double value) {
        put(0, index, value);
    }

    /** Writes an element of leaf 0, which is the only leaf of an {@link ArraySpace}. */
    public void put(int index, long value) {
        put(0, index, value);
    }

    /** The written actions as a batch of the space; see {@link Batches}. The batch's arrays change with the buffer. */
    public Object batch() {
        return batch(single, new int[1], false);
    }

    /** A copy of the written actions, as a batch of the space. */
    public Object toBatch() {
        return batch(single, new int[1], true);
    }

    /** A copy of the written actions of an {@link ArraySpace}. */
    public NdArray toArray() {
        return copy(0);
    }

    /** Copies the elements to another buffer, which must be for the same space and number of environments. */
    public void copyTo(ActionBuffer other) {
        for (int leaf = 0; leaf < bytes.length; leaf++) {
            System.arraycopy(bytes[leaf].array(), 0, other.bytes[leaf].array(), 0, bytes[leaf].capacity());
        }
    }

    private NdArray copy(int leaf) {
        return NdArray.ofBytes(dtypes[leaf], arrays[leaf].shape(), bytes[leaf].array());
    }

    /** @param next an array of one element: the index of the next leaf */
    private Object batch(Space space, int[] next, boolean copied) {
        if (space instanceof DictSpace dict) {
            Map<Object, Object> batch = new LinkedHashMap<>();
            dict.spaces().forEach((key, inner) -> batch.put(key, batch(inner, next, copied)));
            return batch;
        }
        if (space instanceof TupleSpace tuple) {
            return Tuple.copyOf(tuple.spaces().stream()
                    .map(inner -> batch(inner, next, copied))
                    .toList());
        }
        int leaf = next[0]++;
        return copied ? copy(leaf) : arrays[leaf];
    }
}
