// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ActionBufferTest {

    @Test
    void holdsABatchOfEverySpaceOfArrays() {
        assertHolds(
                new BoxSpace(DType.FLOAT32, new int[] {2, 3}, new double[6], new double[] {9, 9, 9, 9, 9, 9}),
                DType.FLOAT32,
                4,
                2,
                3);
        assertHolds(new DiscreteSpace(9, 1, DType.INT32), DType.INT32, 4);
        NdArray counts = NdArray.ofLongs(DType.INT64, new int[] {3}, 30, 40, 50);
        assertHolds(
                new MultiDiscreteSpace(counts, NdArray.ofLongs(DType.INT64, new int[] {3}, 0, 0, 0)),
                DType.INT64,
                4,
                3);
        assertHolds(new MultiBinarySpace(2, 2), DType.INT8, 4, 2, 2);
    }

    @Test
    void refusesASpaceOfOtherThings() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new ActionBuffer(new TupleSpace(List.of(new MultiBinarySpace(2))), 4))
                .getMessage();
        assertTrue(message.contains("Tuple") && message.contains("stepEach"), message);
    }

    private static void assertHolds(Space space, DType dtype, int... shape) {
        ActionBuffer buffer = new ActionBuffer(space, shape[0]);
        int size = NdArray.size(shape);
        for (int i = 0; i < size; i++) {
            buffer.put(i, (long) i);
        }
        NdArray array = buffer.toArray();
        assertEquals(dtype, array.dtype());
        assertArrayEquals(shape, array.shape());
        for (int i = 0; i < size; i++) {
            assertEquals(i, array.getLong(i));
        }
    }
}
