// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.UnsafeByteOperations;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import java.nio.ByteBuffer;
import java.util.List;

/** Decodes and encodes the arrays in messages, without copying their elements. */
final class NdArrays {
    private static final DType[] DTYPES = DType.values();

    private NdArrays() {}

    /** @throws IllegalArgumentException if the array is malformed */
    static NdArray decode(io.gymwire.proto.v1.NdArray proto) {
        DType dtype = decode(proto.getDtype());
        NdArray array =
                NdArray.wrap(dtype, shape(proto.getShapeList()), proto.getData().asReadOnlyByteBuffer());
        if (dtype == DType.BOOL) {
            ByteBuffer data = array.data();
            for (int i = 0; i < array.size(); i++) {
                if (data.get(i) >>> 1 != 0) {
                    throw new IllegalArgumentException("an array of bool contains a byte that is neither 0 nor 1");
                }
            }
        }
        return array;
    }

    static io.gymwire.proto.v1.NdArray encode(NdArray array) {
        io.gymwire.proto.v1.NdArray.Builder builder = io.gymwire.proto.v1.NdArray.newBuilder();
        for (int length : array.shape()) {
            builder.addShape(length);
        }
        return builder.setDtype(encode(array.dtype()))
                .setData(UnsafeByteOperations.unsafeWrap(array.data()))
                .build();
    }

    /** Decodes the lengths of an array's axes. */
    static int[] shape(List<Long> lengths) {
        int[] shape = new int[lengths.size()];
        for (int axis = 0; axis < shape.length; axis++) {
            long length = lengths.get(axis);
            if (length < 0 || length > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("an array in a message has the invalid shape " + lengths);
            }
            shape[axis] = (int) length;
        }
        return shape;
    }

    /** Decodes a dtype. The contract numbers the dtypes in the order of {@link DType}, from 1. */
    static DType decode(io.gymwire.proto.v1.DType dtype) {
        int index = dtype == io.gymwire.proto.v1.DType.UNRECOGNIZED ? -1 : dtype.getNumber() - 1;
        if (index < 0 || index >= DTYPES.length) {
            throw new IllegalArgumentException("an array in a message has the unknown dtype " + dtype);
        }
        return DTYPES[index];
    }

    static io.gymwire.proto.v1.DType encode(DType dtype) {
        return io.gymwire.proto.v1.DType.forNumber(dtype.ordinal() + 1);
    }
}
