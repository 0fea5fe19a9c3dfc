// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActionBufferTest {

    @Test
    void storesABatchForEachKindOfArraySpace() {
        assertStores(
                new BoxSpace(DType.FLOAT32, new int[] {2, 3}, new double[6], new double[] {9, 9, 9, 9, 9, 9}),
                DType.FLOAT32,
                4,
                2,
                3);
        assertStores(new DiscreteSpace(9, 1, DType.INT32), DType.INT32, 4);
        NdArray counts = NdArray.ofLongs(DType.INT64, new int[] {3}, 30, 40, 50);
        assertStores(
                new MultiDiscreteSpace(counts, NdArray.ofLongs(DType.INT64, new int[] {3}, 0, 0, 0)),
                DType.INT64,
                4,
                3);
        assertStores(new MultiBinarySpace(2, 2), DType.INT8, 4, 2, 2);
    }

    @Test
    void storesAnArrayForEachLeafOfACompositeSpace() {
        Map<String, Space> parts = new LinkedHashMap<>();
        parts.put("bits", new MultiBinarySpace(2));
        parts.put("pair", new TupleSpace(List.of(new DiscreteSpace(3, 0, DType.INT64), new MultiBinarySpace(1))));
        ActionBuffer buffer = new ActionBuffer(new DictSpace(parts), 2);
        buffer.put(0, 3, 1L);
        buffer.put(1, 1, 2L);
        buffer.put(2, 0, 1.0);
        Map<?, ?> copy = (Map<?, ?>) buffer.toBatch();
        ActionBuffer other = new ActionBuffer(new DictSpace(parts), 2);
        Map<?, ?> live = (Map<?, ?>) other.batch();
        buffer.copyTo(other);
        buffer.put(0, 0, 1L);
        for (Map<?, ?> batch : List.of(copy, live)) {
            assertEquals(List.of("bits", "pair"), List.copyOf(batch.keySet()));
            assertArrayEquals(new int[] {2, 2}, ((NdArray) batch.get("bits")).shape());
            assertArrayEquals(new long[] {0, 0, 0, 1}, ((NdArray) batch.get("bits")).toLongs());
            Tuple pair = (Tuple) batch.get("pair");
            assertArrayEquals(new long[] {0, 2}, ((NdArray) pair.get(0)).toLongs());
            assertArrayEquals(new long[] {1, 0}, ((NdArray) pair.get(1)).toLongs());
        }
    }

    @Test
    void refusesASpaceWithAPartThatIsNotAnArray() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new ActionBuffer(new TupleSpace(List.of(new TextSpace(0, 3, "ab"))), 4))
                .getMessage();
        assertTrue(message.contains("Text") && message.contains("at 0"), message);
    }

    private static void assertStores(Space space, DType dtype, int... shape) {
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
