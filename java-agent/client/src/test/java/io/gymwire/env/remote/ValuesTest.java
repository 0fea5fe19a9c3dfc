// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.GraphInstance;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Tuple;
import io.gymwire.proto.v1.BoxSpace.Builder;
import io.gymwire.proto.v1.Dict;
import io.gymwire.proto.v1.ObjectArray;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.ValueList;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @Test
    void valuesBecomeJavaObjects() {
        assertNull(Values.decode(Values.encode(null)));
        assertEquals(true, Values.decode(Value.newBuilder().setBoolValue(true).build()));
        assertEquals(-5L, Values.decode(Value.newBuilder().setIntValue(-5).build()));
        assertEquals(0.5, Values.decode(Value.newBuilder().setFloatValue(0.5).build()));
        assertEquals("x", Values.decode(Value.newBuilder().setStringValue("x").build()));
        assertArrayEquals(new byte[] {1, 0}, (byte[])
                Values.decode(Value.newBuilder().setBytesValue(bytes("0100")).build()));
        NdArray scalar = NdArray.ofDoubles(DType.FLOAT32, new int[0], 0.5);
        assertEquals(
                scalar.asScalar(),
                Values.decode(
                        Value.newBuilder().setScalar(NdArrays.encode(scalar)).build()));
        assertEquals(
                scalar,
                Values.decode(
                        Value.newBuilder().setArray(NdArrays.encode(scalar)).build()));
        ValueList list = ValueList.newBuilder()
                .addValues(Values.encode(1))
                .addValues(Values.encode(null))
                .build();
        assertEquals(
                Arrays.asList(1L, null),
                Values.decode(Value.newBuilder().setList(list).build()));
        assertEquals(
                Arrays.asList(1L, null),
                Values.decode(Value.newBuilder().setTuple(list).build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "340282366920938463463374607431768211455"})
    void bigIntegersKeepEveryBit(String decimal) {
        BigInteger integer = new BigInteger(decimal);
        Value value = Values.encode(integer);
        assertEquals(Value.KindCase.BIG_INT, value.getKindCase());
        assertEquals(integer, Values.decode(value));
    }

    @Test
    void bigIntegersAreTwosComplementLittleEndianInTheShortestForm() {
        assertEquals(
                bytes("000000000000008000"),
                Values.encode(BigInteger.ONE.shiftLeft(63)).getBigInt());
        assertEquals(
                Long.MIN_VALUE,
                Values.encode(BigInteger.valueOf(Long.MIN_VALUE)).getIntValue());
        assertThrows(
                IllegalArgumentException.class,
                () -> Values.decode(
                        Value.newBuilder().setBigInt(ByteString.EMPTY).build()));
    }

    @Test
    void dictsKeepTheirOrderAndCanBeNested() {
        Map<String, Object> kwargs = new LinkedHashMap<>();
        kwargs.put("zeta", 9.81f);
        kwargs.put("alpha", List.of("SFFF", Map.of("k", (short) 3)));
        kwargs.put("none", null);
        Map<String, Object> decoded = Values.decodeDict(Values.encodeDict(kwargs));
        assertEquals(List.of("zeta", "alpha", "none"), List.copyOf(decoded.keySet()));
        assertEquals((double) 9.81f, decoded.get("zeta"));
        assertEquals(List.of("SFFF", Map.of("k", 3L)), decoded.get("alpha"));
        assertNull(decoded.get("none"));
    }

    @Test
    void aDictWithAKeyTwiceIsRefused() {
        Dict once = Values.encodeDict(Map.of("a", 1));
        Dict twice = once.toBuilder().addAllEntries(once.getEntriesList()).build();
        assertThrows(IllegalArgumentException.class, () -> Values.decodeDict(twice));
        assertThrows(
                IllegalArgumentException.class,
                () -> Values.decode(Value.newBuilder().setDict(twice).build()));
    }

    @Test
    void objectArraysKeepTheirShape() {
        ObjectArray array = ObjectArray.newBuilder()
                .addShape(2)
                .addShape(2)
                .addValues(Values.encode("a"))
                .addValues(Values.encode(null))
                .addValues(Values.encode(2))
                .addValues(Values.encode("d"))
                .build();
        assertEquals(
                new io.gymwire.env.space.ObjectArray(new int[] {2, 2}, Arrays.asList("a", null, 2L, "d")),
                Values.decode(Value.newBuilder().setObjectArray(array).build()));
        ObjectArray tooShort = array.toBuilder().removeValues(3).build();
        assertThrows(
                IllegalArgumentException.class,
                () -> Values.decode(Value.newBuilder().setObjectArray(tooShort).build()));
    }

    @Test
    void decodesTheBytesThatTheContractDefines() throws Exception {
        // Dict { entries { key { string_value: "x" } value { array { dtype: FLOAT32 shape: [2] data: 1.0, -2.0 } } } }
        String array = "080b" + "120102" + "1a08" + "0000803f" + "000000c0";
        String message = "0a18" + "0a03" + "320178" + "1211" + "4a0f" + array;
        Map<String, Object> decoded = Values.decodeDict(Dict.parseFrom(bytes(message)));
        assertEquals(Map.of("x", NdArray.ofDoubles(DType.FLOAT32, new int[] {2}, 1, -2)), decoded);
    }

    @Test
    void valuesThatCannotBeTranslatedAreRefused() {
        IllegalArgumentException failure =
                assertThrows(IllegalArgumentException.class, () -> Values.encode(List.of('c')));
        assertTrue(failure.getMessage().contains("java.lang.Character"), failure.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Values.decode(Value.getDefaultInstance()));
        assertThrows(IllegalArgumentException.class, () -> Values.encode("half \ud83c pair"));
    }

    @Test
    void scalarsTuplesAndGraphsStayDistinctFromArraysAndLists() {
        NdArray number = NdArray.ofLongs(DType.INT64, new int[0], 3);
        assertEquals(Value.KindCase.ARRAY, Values.encode(number).getKindCase());
        assertEquals(Value.KindCase.SCALAR, Values.encode(number.asScalar()).getKindCase());
        assertNotEquals(number, number.asScalar());
        assertEquals(Value.KindCase.LIST, Values.encode(List.of(1)).getKindCase());
        assertEquals(Value.KindCase.TUPLE, Values.encode(Tuple.of(1, null)).getKindCase());
        GraphInstance graph = new GraphInstance(number, null, null);
        assertEquals(graph, Values.decode(Values.encode(graph)));
    }

    @ParameterizedTest
    @MethodSource("malformedValues")
    void malformedValuesAreRefused(Value value) {
        assertThrows(IllegalArgumentException.class, () -> Values.decode(value));
    }

    static List<Value> malformedValues() {
        Value one = Values.encode(1L);
        io.gymwire.proto.v1.NdArray vector = NdArrays.encode(NdArray.ofLongs(DType.INT8, new int[] {2}, 1, 2));
        Dict.Entry entry = Dict.Entry.newBuilder().setKey(one).setValue(one).build();
        Dict.Entry byFloat =
                Dict.Entry.newBuilder().setKey(Values.encode(1.5)).setValue(one).build();
        return List.of(
                Value.newBuilder().setScalar(vector).build(),
                Value.newBuilder()
                        .setArray(vector.toBuilder().setDtypeValue(99))
                        .build(),
                Value.newBuilder().setArray(vector.toBuilder().setDtypeValue(0)).build(),
                Value.newBuilder().setArray(vector.toBuilder().setShape(0, -1)).build(),
                Value.newBuilder()
                        .setArray(vector.toBuilder().setShape(0, 1L << 40))
                        .build(),
                Value.newBuilder()
                        .setArray(vector.toBuilder().addShape(1 << 30).addShape(1 << 30))
                        .build(),
                Value.newBuilder()
                        .setArray(vector.toBuilder().setDtype(NdArrays.encode(DType.BOOL)))
                        .build(),
                Value.newBuilder().setBigInt(bytes("05")).build(),
                Value.newBuilder().setBigInt(bytes("00000000000000000100")).build(),
                Value.newBuilder()
                        .setDict(Dict.newBuilder().addEntries(entry).addEntries(entry))
                        .build(),
                Value.newBuilder()
                        .setDict(Dict.newBuilder().addEntries(byFloat))
                        .build(),
                Value.newBuilder()
                        .setGraph(io.gymwire.proto.v1.GraphInstance.getDefaultInstance())
                        .build(),
                Value.newBuilder()
                        .setGraph(io.gymwire.proto.v1.GraphInstance.newBuilder()
                                .setNodes(one)
                                .setEdges(Values.encode(null)))
                        .build(),
                Value.newBuilder()
                        .setGraph(io.gymwire.proto.v1.GraphInstance.newBuilder()
                                .setNodes(one)
                                .setEdgeLinks(vector))
                        .build(),
                Value.newBuilder()
                        .setStringArray(io.gymwire.proto.v1.StringArray.newBuilder()
                                .addShape(1)
                                .addValues("ab")
                                .setMaxLength(1))
                        .build(),
                Value.newBuilder()
                        .setStringArray(io.gymwire.proto.v1.StringArray.newBuilder()
                                .addShape(2)
                                .addValues("ab")
                                .setMaxLength(2))
                        .build());
    }

    @Test
    void boxesKeepBoundsThatNoDoubleRepresents() {
        BoxSpace box = new BoxSpace(
                NdArray.ofLongs(DType.INT64, new int[] {1}, (1L << 53) + 1),
                NdArray.ofLongs(DType.INT64, new int[] {1}, (1L << 53) + 3),
                new boolean[] {true},
                new boolean[] {true});
        assertEquals(box, Spaces.decode(Spaces.encode(box)));
    }

    @Test
    void lowKeepsTheNumberOfAnElementThatIsNotBoundedBelow() {
        Builder box = io.gymwire.proto.v1.BoxSpace.newBuilder()
                .setLow(NdArrays.encode(NdArray.ofLongs(DType.INT8, new int[] {2}, -128, 0)))
                .setHigh(NdArrays.encode(NdArray.ofLongs(DType.INT8, new int[] {2}, 127, 5)))
                .setBoundedBelow(NdArrays.encode(NdArray.ofLongs(DType.BOOL, new int[] {2}, 0, 1)))
                .setBoundedAbove(NdArrays.encode(NdArray.ofLongs(DType.BOOL, new int[] {2}, 1, 1)));
        BoxSpace space = (BoxSpace)
                Spaces.decode(io.gymwire.proto.v1.Space.newBuilder().setBox(box).build());
        assertEquals(DType.INT8, space.dtype());
        assertArrayEquals(new double[] {-128, 0}, space.low());
        assertArrayEquals(new double[] {127, 5}, space.high());
        assertEquals(false, space.isBoundedBelow(0));
        assertEquals(true, space.isBoundedAbove(0));
        assertEquals(false, space.isBounded());
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }
}
