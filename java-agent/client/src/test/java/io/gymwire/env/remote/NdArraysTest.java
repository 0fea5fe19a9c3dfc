// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NdArraysTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void everyDtypeIsEncodedAndDecodedUnchanged(DType dtype) {
        byte[] bytes = new byte[2 * dtype.byteSize()];
        bytes[0] = 1;
        NdArray array = NdArray.ofBytes(dtype, new int[] {2, 1}, bytes);
        assertEquals(array, NdArrays.decode(NdArrays.encode(array)));
        assertSame(dtype, NdArrays.decode(NdArrays.encode(dtype)));
        assertEquals("DTYPE_" + dtype.name(), NdArrays.encode(dtype).name());
    }

    @Test
    void aRowOfAnArrayIsEncodedWithoutTheOtherRows() {
        NdArray row = NdArray.ofLongs(DType.INT16, new int[] {2, 2}, 1, 2, 3, 4).row(1);
        assertEquals(row, NdArrays.decode(NdArrays.encode(row)));
    }

    @Test
    void readsAMessageWithoutACopyOfItsBytes() {
        byte[] bytes = {9, 1, 2, 9};
        NdArray array = NdArrays.decode(io.gymwire.proto.v1.NdArray.newBuilder()
                .setDtype(io.gymwire.proto.v1.DType.DTYPE_UINT8)
                .addShape(2)
                .setData(UnsafeByteOperations.unsafeWrap(bytes).substring(1, 3))
                .build());
        bytes[2] = 7;
        assertEquals(1, array.getLong(0));
        assertEquals(7, array.getLong(1));
    }

    @Test
    void refusesMalformedArrays() {
        var eight = io.gymwire.proto.v1.NdArray.newBuilder().addShape(1).setData(ByteString.copyFrom(new byte[8]));
        assertThrows(IllegalArgumentException.class, () -> NdArrays.decode(eight.build()));
        eight.setDtype(io.gymwire.proto.v1.DType.DTYPE_FLOAT32);
        assertThrows(IllegalArgumentException.class, () -> NdArrays.decode(eight.build()));
        eight.setDtype(io.gymwire.proto.v1.DType.DTYPE_FLOAT64).clearShape().addShape(-1);
        assertThrows(IllegalArgumentException.class, () -> NdArrays.decode(eight.build()));
    }
}
