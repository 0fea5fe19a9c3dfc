// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
    void arraysOfJavaAreBatchedInTheDtypeOfTheSpace() {
        NdArray expected = NdArray.ofDoubles(DType.FLOAT32, new int[] {4, 2}, 0.1, 1, 0.1, 1, 0, 1, 0, 1);
        List<Object> samples =
                List.of(new double[] {0.1, 1}, new float[] {0.1f, 1}, new int[] {0, 1}, new long[] {0, 1});
        assertEquals(expected, Batches.concatenate(BOX, samples));
        NdArray bits = NdArray.ofLongs(DType.INT8, new int[] {2, 1, 2}, 1, 0, 0, 1);
        assertEquals(
                bits,
                Batches.concatenate(
                        new MultiBinarySpace(1, 2), List.of(new boolean[] {true, false}, new byte[] {0, 1})));
        Space nested = new DictSpace(Map.of("bits", new MultiBinarySpace(2)));
        assertEquals(
                Map.of("bits", NdArray.ofLongs(DType.INT8, new int[] {1, 2}, 0, 1)),
                Batches.concatenate(nested, List.of(Map.of("bits", new int[] {0, 1}))));
    }

    @Test
    void everyArrayThatTheSpaceContainsIsBatchedInTheDtypeOfTheSpace() {
        Space digits = new MultiDiscreteSpace(
                NdArray.ofLongs(DType.INT64, new int[] {1}, 300), NdArray.ofLongs(DType.INT64, new int[] {1}, 0));
        Space number = new BoxSpace(DType.FLOAT32, new int[0], new double[1], new double[] {9});
        Space large = new DiscreteSpace(1L << 40, 0, DType.UINT64);
        assertConverted(digits, NdArray.ofLongs(DType.UINT8, new int[] {1}, 200), DType.INT64);
        assertConverted(DISCRETE, NdArray.ofLongs(DType.INT8, new int[0], 5), DType.INT32);
        assertConverted(large, NdArray.ofLongs(DType.UINT32, new int[0], 5), DType.UINT64);
        assertConverted(new MultiBinarySpace(2), NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 0, 1), DType.INT8);
        assertConverted(BOX, NdArray.ofDoubles(DType.FLOAT16, new int[] {2}, 0.5, 1), DType.FLOAT32);
        assertConverted(BOX, NdArray.ofLongs(DType.BOOL, new int[] {2}, 0, 1), DType.FLOAT32);
        assertConverted(number, NdArray.ofLongs(DType.INT16, new int[0], 7), DType.FLOAT32);
        assertEquals(
                NdArray.ofDoubles(DType.FLOAT32, new int[] {2}, 0.5, 7), Batches.concatenate(number, List.of(0.5, 7)));
    }

    private static void assertConverted(Space space, NdArray member, DType dtype) {
        assertTrue(space.contains(member), member.toString());
        NdArray batch = (NdArray) Batches.concatenate(space, List.of(member));
        assertEquals(dtype, batch.dtype());
        assertArrayEquals(member.toDoubles(), batch.toDoubles());
    }

    @Test
    void theErrorForAValueThatCannotBeConvertedNamesItAndTheRemedy() {
        assertEquals(
                "the float[] of length 3 is no member of Box(0.0, 1.0, (2,), float32); give a double[] of"
                        + " length 2 or an NdArray float32[2]",
                refusal(BOX, new float[3]));
        assertEquals(
                "the String left is no member of Discrete(5, start=1, dtype=int32); give a Long or an NdArray int32[]",
                refusal(DISCRETE, "left"));
        assertEquals(
                "the value 1.5 is not whole, but Discrete(5, start=1, dtype=int32) has whole numbers; round it",
                refusal(DISCRETE, 1.5));
        assertEquals(
                "the value 4294967296 does not fit dtype int32; clip it before it is cast",
                refusal(DISCRETE, 1L << 32));
        Space large = new DiscreteSpace(9, 0, DType.UINT64);
        assertEquals("the value -1 does not fit dtype uint64; clip it before it is cast", refusal(large, -1));
        assertEquals(
                "the value 18446744073709551615 does not fit dtype int32; clip it before it is cast",
                refusal(DISCRETE, NdArray.ofLongs(DType.UINT64, new int[0], -1)));
        assertTrue(refusal(BOX, NdArray.ofBytes(DType.COMPLEX64, new int[] {2}, new byte[16]))
                .startsWith("the array complex64[2] is no member of "));
        assertTrue(refusal(BOX, null).startsWith("null is no member of "));
    }

    @Test
    void aMapWithMoreOrFewerKeysThanItsSpaceIsRefused() {
        Space one = new DictSpace(Map.of("a", DISCRETE));
        assertEquals(
                "the members of Dict('a': Discrete(5, start=1, dtype=int32)) are maps with the keys [a], not [b]",
                refusal(one, Map.of("b", 1)));
        refusal(one, new TreeMap<>(Map.of("a", 1, "b", 1)));
        refusal(new DictSpace(Map.of()), Map.of("a", 1));
        refusal(new TupleSpace(List.of()), List.of(1));
    }

    private static String refusal(Space space, Object sample) {
        List<Object> samples = Collections.singletonList(sample);
        return assertThrows(IllegalArgumentException.class, () -> Batches.concatenate(space, samples))
                .getMessage();
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
