// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.space.ArraySpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.proto.v1.Dict;
import io.gymwire.proto.v1.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads one array of the batched observations from each answer, without decoding the rest of the answer. */
final class ObservedArray {
    private final List<Object> path; // keys of dicts, indices (Integer) of tuples
    private final int size;
    private byte[] bytes = {}; // a copy of the array's bytes, faster to read than the message's ByteString
    private NdArray copy; // an array over the copied bytes

    private ObservedArray(List<Object> path, int size) {
        this.path = path;
        this.size = size;
    }

    /** The arrays of a batch for {@code numEnvs} environments; empty if a leaf of the space is not an array. */
    static List<ObservedArray> of(Space single, int numEnvs) {
        List<ObservedArray> arrays = new ArrayList<>();
        return collect(single, numEnvs, List.of(), arrays) ? arrays : List.of();
    }

    private static boolean collect(Space space, int numEnvs, List<Object> path, List<ObservedArray> arrays) {
        if (space instanceof ArraySpace array) {
            return arrays.add(new ObservedArray(path, Math.multiplyExact(numEnvs, array.size())));
        }
        if (space instanceof DictSpace dict) {
            return dict.spaces().entrySet().stream()
                    .allMatch(entry -> collect(entry.getValue(), numEnvs, extended(path, entry.getKey()), arrays));
        }
        if (space instanceof TupleSpace tuple) {
            for (int i = 0; i < tuple.spaces().size(); i++) {
                if (!collect(tuple.spaces().get(i), numEnvs, extended(path, i), arrays)) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }

    /**
     * Whether {@link #copyTo} can read this array: the batch contains it, and its dtype is neither complex nor bool.
     * Any bytes are valid elements of the other dtypes, so no element needs a check.
     *
     * @throws IllegalArgumentException if the array's dtype is unknown, or if an array of one of the other dtypes does
     *     not have the length that the space requires
     */
    boolean isPlain(Value batch) {
        Value value = find(batch);
        if (value == null || !value.hasArray()) {
            return false;
        }
        DType dtype = NdArrays.decode(value.getArray().getDtype());
        // The byte of a bool is valid only if it is 0 or 1. A complex number is not one double.
        if (dtype == DType.BOOL || dtype.isComplex()) {
            return false;
        }
        int length = value.getArray().getData().size();
        if (length != size * dtype.byteSize()) {
            throw new IllegalArgumentException(
                    "an array of a step's observations has " + length + " bytes, not " + size * dtype.byteSize());
        }
        return true;
    }

    /** The number of elements of the array. */
    int size() {
        return size;
    }

    /** Writes the elements as doubles. {@link #isPlain} must be true for the batch. */
    void copyTo(Value batch, double[] destination, int offset) {
        io.gymwire.proto.v1.NdArray array = find(batch).getArray();
        ByteString data = array.getData();
        DType dtype = NdArrays.decode(array.getDtype());
        if (copy == null || copy.dtype() != dtype) {
            bytes = new byte[data.size()];
            copy = NdArray.wrap(dtype, new int[] {size}, ByteBuffer.wrap(bytes));
        }
        data.copyTo(bytes, 0);
        copy.copyTo(destination, offset);
    }

    /** The value at the path of this array; null if the batch has nothing there. */
    private Value find(Value batch) {
        Value value = batch;
        for (int i = 0; i < path.size() && value != null; i++) {
            Object step = path.get(i);
            if (step instanceof Integer index) {
                value = value.hasTuple() && index < value.getTuple().getValuesCount()
                        ? value.getTuple().getValues(index)
                        : null;
            } else {
                value = value.hasDict() ? find(value.getDict(), step) : null;
            }
        }
        return value;
    }

    private static Value find(Dict dict, Object key) {
        for (int i = 0; i < dict.getEntriesCount(); i++) {
            Value found = dict.getEntries(i).getKey();
            if (key instanceof Long number
                    ? found.hasIntValue() && found.getIntValue() == number
                    : found.hasStringValue() && found.getStringValue().equals(key)) {
                return dict.getEntries(i).getValue();
            }
        }
        return null;
    }

    private static List<Object> extended(List<Object> path, Object step) {
        List<Object> longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }
}
