// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.GraphSpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TextSpace;
import io.gymwire.settings.MaskSource;
import io.gymwire.testing.MemoryStep;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class EncoderTest {
    private static final BoxSpace BOX =
            new BoxSpace(DType.FLOAT32, new int[] {2, 2}, new double[4], new double[] {9, 9, 9, 9});

    @Test
    void flattensABoxRowByRow() {
        Encoder encoder = Encoders.of(BOX);
        DMatrixRMaj out = new DMatrixRMaj(3, 4);
        encoder.encode(NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 0.5), 2, out, 1);
        assertEquals(4, encoder.size());
        assertArrayEquals(new boolean[] {true, true, true, true}, encoder.continuous());
        assertArrayEquals(new double[] {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0.5}, out.data);
    }

    @Test
    void takesSomeElementsOfABoxInTheirOrder() {
        Encoder encoder = Encoders.of(BOX, 0, 2, 3);
        assertEquals(3, encoder.size());
        assertArrayEquals(new int[] {0, 2, 3}, encoder.observed());
        DMatrixRMaj out = new DMatrixRMaj(3, 3, true, 8, 8, 8, 8, 8, 8, 8, 8, 8);
        NdArray two = NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 0.5);
        encoder.encode(two, 2, out, 1);
        assertArrayEquals(new double[] {8, 8, 8, 1, 3, 4, 5, 7, 0.5}, out.data);
        encoder.encode(NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2}, -1, -2, -3, -4), 1, out, 0);
        assertArrayEquals(new double[] {-1, -3, -4, 1, 3, 4, 5, 7, 0.5}, out.data);
        encoder.copy().encode(two, 2, out, 0);
        assertArrayEquals(new double[] {1, 3, 4, 5, 7, 0.5, 5, 7, 0.5}, out.data);
    }

    @Test
    void refusesElementsBeyondTheEndOfABoxAndElementsOfOtherSpaces() {
        String beyond = assertThrows(IllegalArgumentException.class, () -> Encoders.of(BOX, 1, 4))
                .getMessage();
        assertTrue(beyond.contains("element 4") && beyond.contains("0 to 3"), beyond);
        String discrete = assertThrows(
                        IllegalArgumentException.class, () -> Encoders.of(new DiscreteSpace(3, 0, DType.INT64), 1))
                .getMessage();
        assertTrue(discrete.contains("Discrete(3)") && discrete.contains("give --observe all"), discrete);
    }

    @Test
    void encodesADiscreteNumberAsAOneHotRow() {
        Encoder encoder = Encoders.of(new DiscreteSpace(3, 10, DType.INT64));
        DMatrixRMaj out = new DMatrixRMaj(3, 3, true, 8, 8, 8, 8, 8, 8, 8, 8, 8);
        encoder.encode(NdArray.ofLongs(DType.INT64, new int[] {2}, 12, 10), 2, out, 1);
        assertEquals(3, encoder.size());
        assertArrayEquals(new boolean[3], encoder.continuous());
        assertArrayEquals(new double[] {8, 8, 8, 0, 0, 1, 1, 0, 0}, out.data);
    }

    @Test
    void theErrorNamesTheObservationAndTheElementOfAChoiceOutsideItsSpace() {
        Map<String, Space> spaces = new LinkedHashMap<>();
        spaces.put("box", BOX);
        spaces.put("number", new DiscreteSpace(3, 10, DType.INT64));
        Encoder encoder = Encoders.of(new DictSpace(spaces));
        for (long outside : new long[] {9, 13, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Map<String, Object> batch = Map.of(
                    "box",
                    NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2, 2}, new double[8]),
                    "number",
                    NdArray.ofLongs(DType.INT64, new int[] {2}, 12, outside));
            InvalidObservationException thrown = assertThrows(
                    InvalidObservationException.class, () -> encoder.encode(batch, 2, new DMatrixRMaj(2, 7), 0));
            assertEquals(1, thrown.index());
            assertTrue(thrown.getMessage().startsWith("an observation whose element 0 of number is "));
            assertTrue(thrown.getMessage().endsWith(", which is not in Discrete(3, start=10)"), thrown.getMessage());
        }
    }

    @Test
    void theErrorNamesANumberThatIsTooLargeAndItsRemedy() {
        Encoder encoder = Encoders.of(new BoxSpace(DType.FLOAT64, new int[] {2}, new double[2], new double[] {9, 9}));
        DMatrixRMaj out = new DMatrixRMaj(1, 2);
        encoder.encode(NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 1e100, -Float.MAX_VALUE), 1, out, 0);
        assertArrayEquals(new double[] {1e100, -Float.MAX_VALUE}, out.data);
        for (double huge : new double[] {-1.1e100, Double.MAX_VALUE}) {
            NdArray observation = NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, 1, huge);
            String message = assertThrows(
                            InvalidObservationException.class, () -> encoder.encode(observation, 1, out, 0))
                    .getMessage();
            assertTrue(message.startsWith("an observation whose element 1 is " + huge + " "), message);
            assertTrue(message.contains("clip the element in a wrapper"), message);
        }
    }

    @Test
    void anActionMaskInAMultiDiscreteSpaceHasOneNumberForEachChoice() {
        Map<String, Space> spaces = new LinkedHashMap<>();
        spaces.put(
                "mask",
                new MultiDiscreteSpace(
                        NdArray.ofLongs(DType.INT64, new int[] {3}, 2, 2, 2),
                        NdArray.ofLongs(DType.INT64, new int[] {3}, 0, 0, 0)));
        Encoder encoder = Encoders.of(new DictSpace(spaces), new MaskSource(MaskSource.Place.OBSERVATION, "mask"));
        DMatrixRMaj out = new DMatrixRMaj(1, 3);
        encoder.encode(Map.of("mask", NdArray.ofLongs(DType.INT64, new int[] {3}, 1, 0, 1)), 1, out, 0);
        assertArrayEquals(new double[] {1, 0, 1}, out.data);
    }

    @Test
    void theKeysOfADictCanBeInAnyOrder() {
        Map<String, Space> spaces = new LinkedHashMap<>();
        spaces.put("box", BOX);
        spaces.put("number", new DiscreteSpace(2, 0, DType.INT64));
        Map<String, Object> observation = new LinkedHashMap<>();
        observation.put("number", 1L);
        observation.put("box", NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2}, 1, 2, 3, 4));
        Encoder encoder = Encoders.of(new DictSpace(spaces));
        DMatrixRMaj out = new DMatrixRMaj(1, 6);
        encoder.encode(observation, 1, out, 0);
        assertArrayEquals(new double[] {1, 2, 3, 4, 0, 1}, out.data);

        observation.remove("box");
        String message = assertThrows(IllegalArgumentException.class, () -> encoder.encode(observation, 1, out, 0))
                .getMessage();
        assertTrue(message.contains("no part 'box'"), message);
    }

    @Test
    void encodingAStepGivesTheSameRowsAsEncodingItsObservations() {
        NdArray boxes = NdArray.ofDoubles(DType.FLOAT32, new int[] {2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 0.5);
        assertEncodesAStepLikewise(Encoders.of(BOX), boxes);
        assertEncodesAStepLikewise(Encoders.of(BOX, 1, 3), boxes);
        NdArray numbers = NdArray.ofLongs(DType.INT64, new int[] {4}, -1, 1, 0, 1);
        assertEncodesAStepLikewise(Encoders.of(new DiscreteSpace(3, -1, DType.INT64)), numbers);
    }

    private static void assertEncodesAStepLikewise(Encoder encoder, NdArray observations) {
        int count = observations.shape()[0];
        DMatrixRMaj expected = new DMatrixRMaj(count + 2, encoder.size());
        expected.fill(8);
        DMatrixRMaj actual = expected.copy();
        encoder.encode(observations, count, expected, 1);
        encoder.encodeStep(MemoryStep.of(observations, count), count, actual, 1);
        assertArrayEquals(expected.data, actual.data);
    }

    @Test
    void aPartThatCannotBeEncodedIsRefusedAndTheErrorNamesAWrapperThatLeavesItOut() {
        Map<String, Space> parts = new LinkedHashMap<>();
        parts.put("image", BOX);
        parts.put("mission", new TextSpace(0, 4, "ab"));
        parts.put("way", new DictSpace(Map.of("left", BOX)));
        String message = assertThrows(IllegalArgumentException.class, () -> Encoders.of(new DictSpace(parts)))
                .getMessage();
        assertTrue(message.contains("(at mission)"), message);
        assertTrue(message.contains("--wrapper 'FilterObservation:filter_keys=[\"image\",\"way\"]'"), message);
    }

    @Test
    void refusesASpaceThatCannotBeEncoded() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Encoders.of(new GraphSpace(new DiscreteSpace(3, 0, DType.INT64), null)))
                .getMessage();
        assertTrue(message.contains("Graph") && message.contains("Dict or Tuple of these"), message);
    }
}
