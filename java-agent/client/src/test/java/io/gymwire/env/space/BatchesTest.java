// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchesTest {
    private static final Space DISCRETE = new DiscreteSpace(5, 1, DType.INT32);
    private static final Space BOX = new BoxSpace(DType.FLOAT32, new int[] {2}, new double[2], new double[] {1, 1});

    @Test
    void samplesThatAreBatchedCanBeReadBackUnchanged() {
        Map<String, Space> entries = new LinkedHashMap<>();
        entries.put("text", new TextSpace(1, 3, "ab"));
        entries.put("pair", new TupleSpace(List.of(DISCRETE, new SequenceSpace(BOX, false))));
        entries.put("either", new OneOfSpace(List.of(DISCRETE, BOX)));
        Space space = new DictSpace(entries);
        Random random = new Random(4);
        List<Object> samples = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            samples.add(space.sample(random));
        }
        Object batch = Batches.concatenate(space, samples);
        for (int i = 0; i < 3; i++) {
            assertEquals(samples.get(i), Batches.get(space, batch, i));
        }
        assertEquals(3, Batches.count(space, batch));
        NdArray numbers = (NdArray) ((Tuple) ((Map<?, ?>) batch).get("pair")).get(0);
        assertEquals("int32[3]", numbers.describe());
    }

    @Test
    void longsAndIntegersAreBatchedInTheDtypeOfTheSpace() {
        assertEquals(NdArray.ofLongs(DType.INT32, new int[] {2}, 1, 5), Batches.concatenate(DISCRETE, List.of(1L, 5L)));
        assertEquals(NdArray.ofLongs(DType.INT32, new int[] {2}, 1, 5), Batches.concatenate(DISCRETE, List.of(1, 5)));
    }

    @Test
    void recognisesWrongBatchesAndWrongSamples() {
        Space pair = new TupleSpace(List.of(DISCRETE, BOX));
        NdArray two = NdArray.ofLongs(DType.INT32, new int[] {2}, 1, 1);
        assertEquals(-1, Batches.count(pair, Tuple.of(two, NdArray.ofDoubles(DType.FLOAT32, new int[] {1, 2}, 0, 0))));
        assertEquals(-1, Batches.count(pair, two));
        assertEquals(-1, Batches.count(DISCRETE, NdArray.ofLongs(DType.INT32, new int[] {1, 1}, 1)));
        assertEquals(-1, Batches.count(BOX, NdArray.ofDoubles(DType.FLOAT32, new int[0], 1)));
        assertThrows(IllegalArgumentException.class, () -> Batches.get(pair, two, 0));
        assertThrows(IllegalArgumentException.class, () -> Batches.concatenate(BOX, List.of()));
        assertThrows(IllegalArgumentException.class, () -> Batches.concatenate(BOX, List.of("text")));
    }
}
