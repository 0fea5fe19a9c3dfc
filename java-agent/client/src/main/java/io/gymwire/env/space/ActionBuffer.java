// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A batch of actions that is written anew for each step. Elements are addressed by their flat index. */
public final class ActionBuffer {
    private final DType dtype;
    private final int[] shape;
    private final ByteBuffer bytes;

    /**
     * Room for one action per environment.
     *
     * @param single the space of one environment's action: one whose members are arrays
     * @param numEnvs how many
     */
    public ActionBuffer(Space single, int numEnvs) {
        if (!(single instanceof ArraySpace space)) {
            throw new IllegalArgumentException("actions of " + single + " are no numbers of one dtype; use stepEach");
        }
        dtype = space.dtype();
        int[] inner = space.shape();
        shape = new int[inner.length + 1];
        shape[0] = numEnvs;
        System.arraycopy(inner, 0, shape, 1, inner.length);
        bytes = ByteBuffer.allocate(Math.multiplyExact(NdArray.size(shape), dtype.byteSize()))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes an element, cast to the dtype as {@link NdArray#ofDoubles} does. */
    public void put(int index, double value) {
        Elements.putDouble(bytes.position(index * dtype.byteSize()), dtype, value);
    }

    /** Writes an element, cast to the dtype as {@link NdArray#ofLongs} does. */
    public void put(int index, long value) {
        Elements.putLong(bytes.position(index * dtype.byteSize()), dtype, value);
    }

    /** A copy of what was written. */
    public NdArray toArray() {
        return NdArray.ofBytes(dtype, shape, bytes.array());
    }

    /**
     * Writes a copy of the packed little-endian elements.
     *
     * @param destination takes them from its beginning on, as many bytes as {@link #toArray} has; modified
     */
    public void copyTo(byte[] destination) {
        System.arraycopy(bytes.array(), 0, destination, 0, bytes.capacity());
    }
}
