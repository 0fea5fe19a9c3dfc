// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompositeSpaceTest {
    private static final DiscreteSpace TWO = new DiscreteSpace(2, 0, DType.INT64);
    private static final BoxSpace BOX = new BoxSpace(DType.FLOAT32, new int[] {1}, new double[] {0}, new double[] {1});
    private static final NdArray NODES = NdArray.ofDoubles(DType.FLOAT32, new int[] {3, 1}, 0, 0.5, 1);

    private final Random random = new Random(2);

    @Test
    void eachElementOfAMultiDiscreteHasItsOwnBounds() {
        MultiDiscreteSpace space = new MultiDiscreteSpace(
                NdArray.ofLongs(DType.INT64, new int[] {2}, 3, 2), NdArray.ofLongs(DType.INT64, new int[] {2}, -1, 0));
        assertTrue(space.contains(NdArray.ofLongs(DType.INT8, new int[] {2}, 1, 1)));
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[] {2}, 2, 0)));
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[] {2}, -2, 0)));
        assertFalse(space.contains(NdArray.ofLongs(DType.UINT64, new int[] {2}, 0, 0)));
        assertFalse(space.contains(NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 0, 0)));
        assertFalse(space.contains(NdArray.ofLongs(DType.INT64, new int[] {1, 2}, 0, 0)));
        int[][] counts = new int[2][3];
        for (int draw = 0; draw < 3000; draw++) {
            NdArray sample = space.sample(random);
            assertTrue(space.contains(sample));
            counts[0][(int) sample.getLong(0) + 1]++;
            counts[1][(int) sample.getLong(1)]++;
        }
        for (int value = 0; value < 3; value++) {
            assertEquals(1000, counts[0][value], 150);
        }
        assertEquals(1500, counts[1][0], 200);
    }

    @Test
    void multiBinaryContainsZerosAndOnes() {
        MultiBinarySpace space = new MultiBinarySpace(2, 3);
        NdArray sample = space.sample(random);
        assertEquals("int8[2, 3]", sample.describe());
        assertTrue(space.contains(sample));
        assertFalse(new MultiBinarySpace(1).contains(NdArray.ofLongs(DType.INT8, new int[] {1}, 2)));
        assertFalse(
                new MultiBinarySpace(2).equals(new MultiBinarySpace(new int[] {2})),
                "MultiBinary(2) must not equal MultiBinary((2,))");
        assertEquals("MultiBinary(2)", new MultiBinarySpace(2).toString());
        assertEquals("MultiBinary((2,))", new MultiBinarySpace(new int[] {2}).toString());
    }

    @Test
    void theLengthOfATextIsTheNumberOfItsCodePoints() {
        TextSpace space = new TextSpace(1, 2, "b\ud83c\udfd4a");
        assertTrue(space.contains("\ud83c\udfd4\ud83c\udfd4"));
        assertFalse(space.contains("") || space.contains("abc".substring(2)) || space.contains("aab"));
        assertFalse(space.contains("\ud83c"), "half of a character must not be in the space");
        for (int draw = 0; draw < 100; draw++) {
            assertTrue(space.contains(space.sample(random)));
        }
        assertEquals("Text(1, 2, charset=ab\ud83c\udfd4)", space.toString());
        assertThrows(IllegalStateException.class, () -> new TextSpace(1, 1, "").sample(random));
    }

    @Test
    void dictsAndTuplesCheckTheirParts() {
        Space space = new DictSpace(Map.of("pair", new TupleSpace(List.of(TWO, BOX))));
        NdArray inside = NdArray.ofDoubles(DType.FLOAT32, new int[] {1}, 1);
        assertTrue(space.contains(Map.of("pair", Tuple.of(1L, inside))));
        assertFalse(space.contains(Map.of("pair", Tuple.of(2L, inside))));
        assertFalse(space.contains(Map.of("pair", Tuple.of(1L))));
        assertFalse(space.contains(Map.of("pair", Tuple.of(1L, inside), "more", 1L)));
        assertFalse(space.contains(Map.of()) || space.contains(null));
        assertEquals("Dict('pair': Tuple(Discrete(2), Box(0.0, 1.0, (1,), float32)))", space.toString());
    }

    @Test
    void sequencesAreTuplesUnlessTheyAreStacked() {
        Space space = new SequenceSpace(TWO, false);
        assertTrue(space.contains(Tuple.of()) && space.contains(Tuple.of(0L, 1L)));
        assertFalse(space.contains(Tuple.of(2L)) || space.contains(List.of(0L)));
        Space stacked = new SequenceSpace(TWO, true);
        assertTrue(stacked.contains(NdArray.ofLongs(DType.INT64, new int[] {3}, 0, 1, 1)));
        assertFalse(stacked.contains(NdArray.ofLongs(DType.INT64, new int[] {3}, 0, 1, 2)));
        assertFalse(stacked.contains(Tuple.of(0L)));
        double length = 0;
        for (int draw = 0; draw < 2000; draw++) {
            length += ((Tuple) space.sample(random)).size() / 2000.0;
        }
        assertEquals(4, length, 0.4);
    }

    @Test
    void eachEdgeOfAGraphConnectsExistingNodesAndHasOneFeature() {
        GraphSpace space = new GraphSpace(BOX, TWO);
        NdArray edges = NdArray.ofLongs(DType.INT64, new int[] {1}, 1);
        assertTrue(space.contains(new GraphInstance(NODES, null, null)));
        assertTrue(space.contains(new GraphInstance(NODES, edges, links(0, 2))));
        assertFalse(space.contains(new GraphInstance(NODES, edges, links(0, 3))), "there is no node 3");
        assertFalse(
                space.contains(new GraphInstance(NODES, edges, links(0, 1, 1, 2))),
                "two edges, but features for only one");
        assertFalse(space.contains(new GraphInstance(NODES, edges, null)));
        assertFalse(new GraphSpace(BOX, null).contains(new GraphInstance(NODES, edges, links(0, 2))));
        for (int draw = 0; draw < 20; draw++) {
            assertTrue(space.contains(space.sample(random)));
        }
    }

    @Test
    void theFeaturesOfAGraphCanBelongToAnySpace() {
        GraphSpace space = new GraphSpace(new TextSpace(1, 1, "a"), new TupleSpace(List.of(TWO, BOX)));
        assertTrue(space.contains(new GraphInstance(Tuple.of("a", "a"), null, null)));
        assertFalse(space.contains(new GraphInstance(Tuple.of("a", "b"), null, null)));
        assertFalse(space.contains(new GraphInstance(NODES, null, null)));
        for (int draw = 0; draw < 20; draw++) {
            assertTrue(space.contains(space.sample(random)));
        }
    }

    @Test
    void membersOfAOneOfSpaceArePairsOfIndexAndSample() {
        OneOfSpace space = new OneOfSpace(List.of(TWO, new TextSpace(1, 2, "x")));
        assertTrue(space.contains(Tuple.of(1L, "x")) && space.contains(Tuple.of(0L, 1L)));
        assertFalse(space.contains(Tuple.of(0L, "x")) || space.contains(Tuple.of(2L, "x")));
        assertFalse(space.contains(Tuple.of(-1L, "x")) || space.contains(Tuple.of("x", 1L)));
        int texts = 0;
        for (int draw = 0; draw < 1000; draw++) {
            Tuple sample = space.sample(random);
            assertTrue(space.contains(sample));
            texts += sample.get(1) instanceof String ? 1 : 0;
        }
        assertEquals(500, texts, 100);
    }

    private static NdArray links(long... ends) {
        return NdArray.ofLongs(DType.INT64, new int[] {ends.length / 2, 2}, ends);
    }
}
