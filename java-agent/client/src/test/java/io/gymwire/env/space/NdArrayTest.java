// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NdArrayTest {
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"COMPLEX64", "COMPLEX128"})
    void everyRealDtypeKeepsSmallWholeNumbers(DType dtype) {
        double[] values = {0, 1, 1, 0, 1, 1};
        NdArray array = NdArray.ofDoubles(dtype, new int[] {2, 3}, values);
        assertEquals(6 * dtype.byteSize(), array.data().remaining());
        assertArrayEquals(values, array.toDoubles());
        assertArrayEquals(new long[] {0, 1, 1, 0, 1, 1}, array.toLongs());
        assertEquals(array, NdArray.ofLongs(dtype, new int[] {2, 3}, 0, 1, 1, 0, 1, 1));
    }

    @Test
    void aRowIsTheSubarrayAtOneIndexOfTheFirstAxis() {
        NdArray array = NdArray.ofLongs(DType.INT16, new int[] {3, 2}, 1, 2, 3, 4, 5, 6);
        assertEquals(NdArray.ofLongs(DType.INT16, new int[] {2}, 5, 6), array.row(2));
        assertEquals(4, array.row(1).row(1).getLong(0));
        assertArrayEquals(new double[] {3, 4}, array.row(1).toDoubles());
        assertEquals(4, array.row(1).data().remaining());
        // For the index 1 << 28, element 6 * index would begin at byte 12 * index, which is more than an int can hold.
        for (int index : new int[] {3, -1, 1 << 28}) {
            assertThrows(IndexOutOfBoundsException.class, () -> array.row(index));
            assertThrows(IndexOutOfBoundsException.class, () -> array.getLong(6 * index));
            assertThrows(IndexOutOfBoundsException.class, () -> array.getDouble(6 * index));
        }
        assertThrows(IllegalArgumentException.class, () -> array.row(0).row(0).row(0));
        assertThrows(IllegalArgumentException.class, array::asScalar);
    }

    @Test
    void aComplexNumberIsNotReadAsOneRealNumber() {
        byte[] bytes = HexFormat.of().parseHex("0000803f" + "000000c0");
        NdArray array = NdArray.ofBytes(DType.COMPLEX64, new int[] {1}, bytes);
        assertEquals("complex64[1] {1.0-2.0j}", array.toString());
        assertThrows(UnsupportedOperationException.class, () -> array.getDouble(0));
        assertThrows(UnsupportedOperationException.class, () -> NdArray.ofLongs(DType.COMPLEX128, new int[0], 1));
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, -128, 80",
        "INT8, 127, 7f",
        "INT16, -2, feff",
        "INT32, 305419896, 78563412",
        "UINT8, 255, ff",
        "UINT16, 65535, ffff",
        "UINT32, 4294967295, ffffffff",
        "INT64, -1, ffffffffffffffff",
        "UINT64, 18446744073709549568, 00f8ffffffffffff",
        "FLOAT16, 1.5, 003e",
        "FLOAT32, -0.0, 00000080",
        "FLOAT64, 0.1, 9a9999999999b93f",
        "FLOAT16, 65504, ff7b",
        "FLOAT16, 6.0e-8, 0100"
    })
    void packsLikeNumpy(DType dtype, double value, String hex) {
        NdArray array = NdArray.ofDoubles(dtype, new int[0], value);
        assertEquals(hex, hex(array));
    }

    @Test
    void readsUnsignedNumbersAsPositiveIfTheyFitIntoTheResult() {
        byte[] ones = {-1, -1, -1, -1, -1, -1, -1, -1};
        assertEquals(255.0, NdArray.ofBytes(DType.UINT8, new int[] {8}, ones).getDouble(7));
        assertEquals(65535, NdArray.ofBytes(DType.UINT16, new int[] {4}, ones).getLong(3));
        assertEquals(
                4294967295L, NdArray.ofBytes(DType.UINT32, new int[] {2}, ones).getLong(1));
        assertEquals(0x1p64, NdArray.ofBytes(DType.UINT64, new int[] {1}, ones).getDouble(0));
        assertEquals(-1L, NdArray.ofBytes(DType.UINT64, new int[] {1}, ones).getLong(0));
    }

    @Test
    void everyHalfPrecisionNumberIsUnchangedAfterConversionToDoubleAndBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = Half.toDouble((short) bits);
            if (Double.isNaN(value)) {
                assertTrue(Double.isNaN(Half.toDouble(Half.fromDouble(value))));
            } else {
                assertEquals((short) bits, Half.fromDouble(value), () -> "half-precision number " + value);
            }
        }
    }

    @Test
    void halfPrecisionNumbersRoundToEvenAndOverflowToInfinity() {
        assertEquals(Half.fromDouble(1.0), Half.fromDouble(1.0 + 0x1p-11));
        assertEquals(Half.fromDouble(1.0 + 0x1p-9), Half.fromDouble(1.0 + 0x1p-10 + 0x1p-11));
        assertEquals(Half.fromDouble(Double.NEGATIVE_INFINITY), Half.fromDouble(-65520.0));
        assertEquals(65504.0, Half.toDouble(Half.fromDouble(65519.0)));
    }

    @Test
    void copiesIntoTheMiddleOfAnArray() {
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32, DType.INT32)) {
            double[] destination = {9, 9, 9, 9};
            NdArray.ofDoubles(dtype, new int[] {2}, -3, 4).copyTo(destination, 1);
            assertArrayEquals(new double[] {9, -3, 4, 9}, destination);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, 128",
        "INT8, -129",
        "UINT8, -1",
        "UINT8, 256",
        "BOOL, 2",
        "INT64, 9.3e18",
        "INT32, NaN",
        "UINT64, 1.9e19"
    })
    void refusesNumbersThatDoNotFitTheDtype(DType dtype, double value) {
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> NdArray.ofDoubles(dtype, new int[] {1}, value));
        assertTrue(failure.getMessage().contains(value + " does not fit dtype " + dtype), failure.getMessage());
        if (Math.abs(value) < 1000) {
            assertThrows(IllegalArgumentException.class, () -> NdArray.ofLongs(dtype, new int[] {1}, (long) value));
        }
    }

    @Test
    void castsTowardsZero() {
        NdArray array = NdArray.ofDoubles(DType.INT16, new int[] {4}, -1.9, 1.9, -0.5, 32767.9);
        assertArrayEquals(new long[] {-1, 1, 0, 32767}, array.toLongs());
    }

    @Test
    void refusesDataThatDoesNotFitTheShape() {
        assertThrows(IllegalArgumentException.class, () -> NdArray.ofDoubles(DType.FLOAT64, new int[] {3}, 1, 2));
        assertThrows(IllegalArgumentException.class, () -> NdArray.ofBytes(DType.FLOAT32, new int[] {2}, new byte[7]));
        assertThrows(IllegalArgumentException.class, () -> NdArray.ofBytes(DType.INT8, new int[] {-1}, new byte[1]));
        ByteBuffer tooLong = ByteBuffer.allocate(8);
        assertThrows(IllegalArgumentException.class, () -> NdArray.wrap(DType.FLOAT32, new int[] {1}, tooLong));
    }

    @Test
    void anArrayOfShape3By0HasNoElementAndAnArrayWithoutAxesHasOne() {
        assertEquals(0, NdArray.ofDoubles(DType.FLOAT32, new int[] {3, 0}).size());
        assertEquals(1, NdArray.ofDoubles(DType.FLOAT32, new int[0], 5).size());
    }

    @Test
    void stacksAlongANewFirstAxis() {
        NdArray row = NdArray.ofLongs(DType.INT32, new int[] {2}, 1, 2);
        NdArray stacked = NdArray.stack(List.of(row, NdArray.ofLongs(DType.INT32, new int[] {2}, 3, 4)));
        assertEquals(NdArray.ofLongs(DType.INT32, new int[] {2, 2}, 1, 2, 3, 4), stacked);
        assertThrows(
                IllegalArgumentException.class,
                () -> NdArray.stack(List.of(row, NdArray.ofLongs(DType.INT64, new int[] {2}, 3, 4))));
    }

    @Test
    void anArrayThatWrapsABufferIsAReadOnlyView() {
        byte[] bytes = {0, 1, 2, 3, 4, 0};
        ByteBuffer part = ByteBuffer.wrap(bytes, 1, 4);
        NdArray array = NdArray.wrap(DType.UINT8, new int[] {4}, part);
        assertEquals(1, part.position());
        assertArrayEquals(new long[] {1, 2, 3, 4}, array.toLongs());
        bytes[3] = 7;
        assertEquals(7, array.getLong(2));
        assertEquals(7, array.row(2).getLong(0));
        ByteBuffer view = array.data();
        assertSame(ByteOrder.LITTLE_ENDIAN, view.order());
        assertThrows(ReadOnlyBufferException.class, () -> view.put(0, (byte) 1));
        view.position(3);
        assertEquals(0, array.data().position());
        int[] shape = array.shape();
        shape[0] = 5;
        assertEquals(4, array.shape()[0]);
    }

    @Test
    void arraysAreNotEqualIfDtypeOrShapeOrBitsDiffer() {
        NdArray zero = NdArray.ofDoubles(DType.FLOAT64, new int[] {1}, 0.0);
        assertNotEquals(zero, NdArray.ofDoubles(DType.FLOAT64, new int[] {1}, -0.0));
        assertNotEquals(zero, NdArray.ofDoubles(DType.FLOAT64, new int[0], 0.0));
        assertNotEquals(zero, NdArray.ofLongs(DType.INT64, new int[] {1}, 0));
        assertEquals(
                zero.hashCode(),
                NdArray.ofDoubles(DType.FLOAT64, new int[] {1}, 0.0).hashCode());
        assertEquals("float64[1] {0.0}", zero.toString());
    }

    @Test
    void theSameCastsAreSafeAsInNumpy() {
        assertTrue(DType.INT32.castsSafelyTo(DType.FLOAT64));
        assertTrue(DType.INT64.castsSafelyTo(DType.FLOAT64));
        assertTrue(DType.UINT8.castsSafelyTo(DType.INT16));
        assertTrue(DType.BOOL.castsSafelyTo(DType.UINT8));
        assertFalse(DType.INT32.castsSafelyTo(DType.FLOAT32));
        assertFalse(DType.UINT8.castsSafelyTo(DType.INT8));
        assertFalse(DType.INT8.castsSafelyTo(DType.UINT64));
        assertFalse(DType.FLOAT64.castsSafelyTo(DType.FLOAT32));
        assertFalse(DType.FLOAT32.castsSafelyTo(DType.INT64));
    }

    private static String hex(NdArray array) {
        byte[] bytes = new byte[array.data().remaining()];
        array.data().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
