// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.SequenceSpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.Tuple;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.net.Parameter;
import io.gymwire.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

final class ActionDecoderTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void clipsAndRescalesToAsymmetricBounds() {
        BoxSpace box = box(DType.FLOAT64, new double[] {-1, 0}, new double[] {3, 10});
        NdArray actions = decode(box, -1, -1, 0, 0, 1, 1, 0.5, -0.5, 7, -7);
        assertArrayEquals(new int[] {5, 2}, actions.shape());
        assertArrayEquals(new double[] {-1, 0, 1, 5, 3, 10, 2, 2.5, 3, 0}, actions.toDoubles());
    }

    @Test
    void refusesSpacesWithTooManyChoices() {
        NdArray many = NdArray.ofLongs(DType.UINT64, new int[] {2}, 2, -1);
        for (Space space : List.of(
                new DiscreteSpace(1L << 40, 0, DType.INT64),
                new DiscreteSpace(100_001, 0, DType.INT64),
                new MultiDiscreteSpace(many, NdArray.ofLongs(DType.UINT64, new int[] {2}, 0, 0)))) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> ActionModel.of(space, Settings.DEFAULTS))
                    .getMessage();
            assertTrue(message.startsWith("the space " + space + " has more than 100000 choices"), message);
        }
    }

    @Test
    void clipsWithoutRescalingWhereABoundIsMissing() {
        BoxSpace box =
                box(DType.FLOAT64, new double[] {-2, -INFINITY, -INFINITY}, new double[] {INFINITY, 4, INFINITY});
        assertArrayEquals(
                new double[] {5, -5, 1e9, -2, 4, -1e9},
                decode(box, 5, -5, 1e9, -5, 5, -1e9).toDoubles());
    }

    @Test
    void onlyElementsWithTwoBoundsAreReportedAsClippedAndRescaled() {
        BoxSpace box = box(DType.FLOAT64, new double[] {-2, -2, -INFINITY}, new double[] {3, INFINITY, INFINITY});
        assertArrayEquals(new boolean[] {true, false, false}, new BoxDecoder(box).clipped());
    }

    @Test
    void anElementIsNotRescaledIfABoundIsTheGreatestNumberOfAFloatDtype() {
        double most = Float.MAX_VALUE;
        BoxSpace box = box(DType.FLOAT32, new double[] {-most, 0, -2}, new double[] {most, most, 4});
        assertArrayEquals(new double[] {0.5, 0, 1}, decode(box, 0.5, -3, 0).toDoubles());
        BoxSpace wide = box(DType.FLOAT64, new double[] {0}, new double[] {Double.MAX_VALUE});
        assertArrayEquals(new double[] {2.5}, decode(wide, 2.5).toDoubles());
        BoxSpace converted = box(DType.FLOAT64, new double[] {-most, 0, -2}, new double[] {most, 1e39, 4});
        assertArrayEquals(
                new double[] {0.5, 0, 1}, decode(converted, 0.5, -3, 0).toDoubles());
        BoxSpace bounded = box(DType.FLOAT64, new double[] {-1e38}, new double[] {1e38});
        assertArrayEquals(new double[] {1e38}, decode(bounded, 1).toDoubles());
    }

    @Test
    void integerActionsAreRoundedAndLieWithinTheirBoundsAndTheRangeOfTheirDtype() {
        BoxSpace box = new BoxSpace(
                NdArray.ofLongs(DType.INT32, new int[] {1}, Integer.MIN_VALUE),
                NdArray.ofLongs(DType.INT32, new int[] {1}, Integer.MAX_VALUE),
                new boolean[1],
                new boolean[1]);
        assertArrayEquals(new long[] {4}, decode(box, 3.9).toLongs());
        assertArrayEquals(new long[] {Integer.MAX_VALUE}, decode(box, 1e12).toLongs());
        BoxSpace wide = box(DType.INT64, new double[] {0}, new double[] {0x1p62});
        assertArrayEquals(new long[] {1L << 62}, decode(wide, 1).toLongs());
        BoxSpace unbounded = new BoxSpace(
                NdArray.ofLongs(DType.INT64, new int[] {1}, Long.MIN_VALUE),
                NdArray.ofLongs(DType.INT64, new int[] {1}, Long.MAX_VALUE),
                new boolean[1],
                new boolean[1]);
        // Long.MAX_VALUE - 1023 is 2^63 - 1024, the greatest double that is an int64.
        assertArrayEquals(
                new long[] {Long.MAX_VALUE - 1023}, decode(unbounded, 1e19).toLongs());
    }

    @Test
    void actionsInABoxOfBoolsAreRoundedToZeroOrOne() {
        BoxSpace box = box(DType.BOOL, new double[] {0}, new double[] {1});
        assertArrayEquals(new long[] {0, 1}, decode(box, -0.1, 0.1).toLongs());
    }

    @Test
    void roundsToTheNearestIntegerInABoxOfIntegers() {
        BoxSpace box = box(DType.INT32, new double[] {0}, new double[] {10});
        assertArrayEquals(
                new long[] {0, 10, 5, 8}, decode(box, -1, 1, 0.04, 0.59).toLongs());
    }

    @Test
    void float32ActionsLieWithinTheirBounds() {
        Random random = new Random(12);
        for (int trial = 0; trial < 200; trial++) {
            double low = (float) (10 * random.nextGaussian());
            double high = (float) (low + Math.abs(random.nextGaussian()) + 1e-3);
            BoxSpace box = box(DType.FLOAT32, new double[] {low}, new double[] {high});
            double[] actions = {-1, 1, Math.nextUp(-1.0), Math.nextDown(1.0), 3 * random.nextGaussian()};
            for (double action : actions) {
                NdArray decoded = decode(box, action);
                assertEquals(DType.FLOAT32, decoded.dtype());
                double value = decoded.getDouble(0);
                assertTrue(value >= low && value <= high, action + " became " + value + " in " + box);
            }
        }
    }

    @Test
    void keepsTheShapeOfTheBox() {
        BoxSpace box = new BoxSpace(DType.FLOAT64, new int[] {2, 3}, new double[6], new double[] {1, 1, 1, 1, 1, 1});
        NdArray actions = (NdArray) model(box).decoder().decode(new DMatrixRMaj(4, 6), 1, 2);
        assertArrayEquals(new int[] {2, 2, 3}, actions.shape());
    }

    @Test
    void shiftsIndicesByTheStartOfADiscreteSpace() {
        DiscreteSpace space = new DiscreteSpace(3, -5, DType.INT32);
        ActionModel model = model(space);
        NdArray actions = (NdArray) model.decoder().decode(new DMatrixRMaj(4, 1, true, 0, 2, 1, 0), 1, 2);
        assertEquals(1, model.distribution().actionSize());
        assertEquals(3, model.distribution().outputSize());
        assertEquals(DType.INT32, actions.dtype());
        assertArrayEquals(new int[] {2}, actions.shape());
        assertArrayEquals(new long[] {-3, -4}, actions.toLongs());
    }

    @Test
    void everyPartOfACompositeActionHasItsOwnNumbers() {
        NdArray nvec = NdArray.ofLongs(DType.INT64, new int[] {2}, 3, 2);
        NdArray start = NdArray.ofLongs(DType.INT64, new int[] {2}, -1, 7);
        Map<String, Space> parts = new LinkedHashMap<>();
        parts.put("gears", new MultiDiscreteSpace(nvec, start));
        parts.put("arm", box(DType.FLOAT32, new double[] {0}, new double[] {10}));
        parts.put("rest", new TupleSpace(List.of(new MultiBinarySpace(2), new DiscreteSpace(4, 0, DType.INT64))));
        ActionModel model = model(new DictSpace(parts));
        Distribution distribution = model.distribution();
        assertEquals(6, distribution.actionSize());
        assertEquals(3 + 2 + 1 + 2 + 4, distribution.outputSize());
        assertEquals(
                List.of("arm.log_std"),
                distribution.parameters().stream().map(Parameter::name).toList());
        DMatrixRMaj rows = new DMatrixRMaj(3, 6, true, 9, 9, 9, 9, 9, 9, 2, 1, 0.5, 1, 0, 3, 0, 0, -1, 0, 1, 0);
        Map<?, ?> batch = (Map<?, ?>) model.decoder().decode(rows, 1, 2);
        assertEquals(List.of("gears", "arm", "rest"), List.copyOf(batch.keySet()));
        assertArrayEquals(new long[] {1, 8, -1, 7}, ((NdArray) batch.get("gears")).toLongs());
        assertArrayEquals(new double[] {7.5, 0}, ((NdArray) batch.get("arm")).toDoubles());
        Tuple rest = (Tuple) batch.get("rest");
        assertArrayEquals(new long[] {1, 0, 0, 1}, ((NdArray) rest.get(0)).toLongs());
        assertArrayEquals(new long[] {3, 0}, ((NdArray) rest.get(1)).toLongs());
    }

    @Test
    void theParametersOfPartsWithTheSamePathHaveDifferentNames() {
        BoxSpace box = box(DType.FLOAT32, new double[] {0}, new double[] {10});
        Map<String, Space> parts = new LinkedHashMap<>();
        parts.put("a", new DictSpace(Map.of("b", box)));
        parts.put("a.b", box);
        parts.put("a.b#2", box);
        NdArray two = NdArray.ofLongs(DType.INT64, new int[] {1}, 2);
        parts.put("gear", new MultiDiscreteSpace(two, two));
        parts.put("gear.0", box);
        assertEquals(
                List.of("a.b.log_std", "a.b#2.log_std", "a.b#2#2.log_std", "gear.0.log_std"),
                model(new DictSpace(parts)).distribution().parameters().stream()
                        .map(Parameter::name)
                        .toList());
    }

    @Test
    void refusesAnUnsupportedSpace() {
        SequenceSpace words = new SequenceSpace(new DiscreteSpace(3, 0, DType.INT64), false);
        String message = assertThrows(IllegalArgumentException.class, () -> model(new DictSpace(Map.of("talk", words))))
                .getMessage();
        for (String part : List.of("Dict", "Sequence", "at talk", "MultiDiscrete", "wrapper")) {
            assertTrue(message.contains(part), message);
        }
        String empty = assertThrows(
                        IllegalArgumentException.class,
                        () -> model(new TupleSpace(
                                List.of(new BoxSpace(DType.FLOAT32, new int[] {0}, new double[0], new double[0])))))
                .getMessage();
        assertTrue(empty.contains("Box") && empty.contains("no elements"), empty);
    }

    @Test
    void withClippedActionsANumberBeyondABoundIsAsProbableAsTheBound() {
        BoxSpace box = box(DType.FLOAT64, new double[] {-2, -2}, new double[] {3, INFINITY});
        for (boolean clippedActions : new boolean[] {true, false}) {
            Distribution distribution = ActionModel.of(
                            box,
                            Settings.DEFAULTS
                                    .with(GaussianSettings.INIT_LOG_STD, 0.0)
                                    .with(GaussianSettings.CLIPPED_ACTIONS, clippedActions))
                    .distribution();
            assertEquals(2, distribution.actionSize());
            DistributionInputs inputs = new DistributionInputs(new double[2], 0, new DMatrixRMaj(1, 2));
            double[] out = new double[3];
            double[][] drawn = {{1, 0}, {5, 0}, {1, 5}};
            for (int i = 0; i < drawn.length; i++) {
                double[] one = new double[1];
                distribution.logProbability(inputs, new DMatrixRMaj(1, 2, true, drawn[i]), one, 0, 1);
                out[i] = one[0];
            }
            assertEquals(clippedActions, out[0] == out[1], "whether 1 and 5 have the same probability");
            assertTrue(out[2] < out[0] - 1, "the second element has no upper bound, so 5 is less probable than 0");
        }
    }

    private static ActionModel model(Space space) {
        return ActionModel.of(space, Settings.DEFAULTS.with(GaussianSettings.INIT_LOG_STD, 0.0));
    }

    private static BoxSpace box(DType dtype, double[] low, double[] high) {
        return new BoxSpace(dtype, new int[] {low.length}, low, high);
    }

    private static NdArray decode(BoxSpace box, double... actions) {
        int rows = actions.length / box.size();
        return (NdArray) model(box).decoder().decode(new DMatrixRMaj(rows, box.size(), true, actions), 0, rows);
    }
}
