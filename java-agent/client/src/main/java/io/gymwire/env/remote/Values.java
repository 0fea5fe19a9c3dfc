// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.space.GraphInstance;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.ObjectArray;
import io.gymwire.env.space.StringArray;
import io.gymwire.env.space.Tuple;
import io.gymwire.proto.v1.Dict;
import io.gymwire.proto.v1.NoneValue;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.ValueList;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts Python objects in messages to Java objects and back. A value that is decoded and encoded again has the same
 * bytes, unless {@link #decodeDict} replaces a key by its text. The conversions are:
 *
 * <ul>
 *   <li>None becomes null, a bool becomes a Boolean, an int a Long (outside 64 bits a BigInteger), a float a Double, a
 *       str a String, and bytes become a byte[];
 *   <li>a numpy scalar or array becomes an {@link NdArray}, which stores whether it is a scalar; an array of objects
 *       becomes an {@link ObjectArray}, and an array of strings a {@link StringArray};
 *   <li>a list becomes a List, a tuple a {@link Tuple}, a dict a Map in the order of its entries, and a graph a
 *       {@link GraphInstance}. Decoded Lists and Maps cannot be modified.
 * </ul>
 */
final class Values {
    private static final int LONG_BITS = 63; // without the sign bit, as BigInteger.bitLength counts

    private Values() {}

    /** @throws IllegalArgumentException if the value is malformed */
    static Object decode(Value value) {
        return switch (value.getKindCase()) {
            case NONE -> null;
            case BOOL_VALUE -> value.getBoolValue();
            case INT_VALUE -> value.getIntValue();
            case BIG_INT -> decodeBigInt(value.getBigInt());
            case FLOAT_VALUE -> value.getFloatValue();
            case STRING_VALUE -> value.getStringValue();
            case BYTES_VALUE -> value.getBytesValue().toByteArray();
            case SCALAR -> NdArrays.decode(value.getScalar()).asScalar();
            case ARRAY -> NdArrays.decode(value.getArray());
            case OBJECT_ARRAY ->
                new ObjectArray(
                        NdArrays.shape(value.getObjectArray().getShapeList()),
                        decodeAll(value.getObjectArray().getValuesList()));
            case STRING_ARRAY ->
                new StringArray(
                        NdArrays.shape(value.getStringArray().getShapeList()),
                        value.getStringArray().getValuesList(),
                        value.getStringArray().getMaxLength());
            case LIST -> Collections.unmodifiableList(decodeAll(value.getList().getValuesList()));
            case TUPLE -> Tuple.copyOf(decodeAll(value.getTuple().getValuesList()));
            case DICT -> decodeEntries(value.getDict());
            case GRAPH -> decodeGraph(value.getGraph());
            case KIND_NOT_SET -> throw new IllegalArgumentException("a value in a message has no kind");
        };
    }

    /**
     * Decodes a dict with strings as keys, such as an info. A key of another type becomes its text. If two keys then
     * have the same text, the value of the later one is used.
     *
     * @throws IllegalArgumentException if the dict is malformed, for example because a key occurs twice
     */
    static Map<String, Object> decodeDict(Dict dict) {
        Map<String, Object> map = new LinkedHashMap<>();
        decodeEntries(dict).forEach((key, value) -> map.put(String.valueOf(key), value));
        return Collections.unmodifiableMap(map);
    }

    /** @throws IllegalArgumentException if an object has no counterpart in Python, or a string is not Unicode text */
    static Value encode(Object object) {
        Value.Builder builder = Value.newBuilder();
        if (object == null) {
            builder.setNone(NoneValue.getDefaultInstance());
        } else if (object instanceof Boolean flag) {
            builder.setBoolValue(flag);
        } else if (object instanceof Long
                || object instanceof Integer
                || object instanceof Short
                || object instanceof Byte) {
            builder.setIntValue(((Number) object).longValue());
        } else if (object instanceof BigInteger integer) {
            encodeBigInt(integer, builder);
        } else if (object instanceof Double || object instanceof Float) {
            builder.setFloatValue(((Number) object).doubleValue());
        } else if (object instanceof String text) {
            builder.setStringValue(unicode(text));
        } else if (object instanceof byte[] bytes) {
            builder.setBytesValue(ByteString.copyFrom(bytes));
        } else if (object instanceof NdArray array) {
            if (array.isScalar()) {
                builder.setScalar(NdArrays.encode(array));
            } else {
                builder.setArray(NdArrays.encode(array));
            }
        } else if (object instanceof ObjectArray array) {
            builder.setObjectArray(encodeObjects(array));
        } else if (object instanceof StringArray array) {
            builder.setStringArray(encodeStrings(array));
        } else if (object instanceof GraphInstance graph) {
            builder.setGraph(encodeGraph(graph));
        } else if (object instanceof Tuple tuple) {
            builder.setTuple(encodeAll(tuple));
        } else if (object instanceof List<?> list) {
            builder.setList(encodeAll(list));
        } else if (object instanceof Map<?, ?> map) {
            builder.setDict(encodeDict(map));
        } else {
            throw new IllegalArgumentException("a value of " + object.getClass().getName() + " (" + object
                    + ") has no counterpart in Python; use null, Boolean, an integer, Double, String, byte[], NdArray, "
                    + "ObjectArray, StringArray, GraphInstance, Tuple, List or Map");
        }
        return builder.build();
    }

    static Dict encodeDict(Map<?, ?> map) {
        Dict.Builder dict = Dict.newBuilder();
        map.forEach((key, value) ->
                dict.addEntries(Dict.Entry.newBuilder().setKey(encode(key)).setValue(encode(value))));
        return dict.build();
    }

    private static Map<Object, Object> decodeEntries(Dict dict) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Dict.Entry entry : dict.getEntriesList()) {
            if (!isKey(entry.getKey())) {
                throw new IllegalArgumentException("a dict in a message has a key of kind "
                        + entry.getKey().getKindCase()
                        + "; a key must be a string, an integer, a bool or a tuple of these");
            }
            Object key = decode(entry.getKey());
            if (map.containsKey(key)) {
                throw new IllegalArgumentException("the key " + key + " of a dict in a message occurs twice");
            }
            map.put(key, decode(entry.getValue()));
        }
        return Collections.unmodifiableMap(map);
    }

    private static List<Object> decodeAll(List<Value> values) {
        List<Object> list = new ArrayList<>(values.size());
        values.forEach(value -> list.add(decode(value)));
        return list;
    }

    private static ValueList encodeAll(List<?> elements) {
        ValueList.Builder values = ValueList.newBuilder();
        elements.forEach(element -> values.addValues(encode(element)));
        return values.build();
    }

    private static boolean isKey(Value key) {
        return switch (key.getKindCase()) {
            case STRING_VALUE, INT_VALUE, BOOL_VALUE -> true;
            case TUPLE -> key.getTuple().getValuesList().stream().allMatch(Values::isKey);
            default -> false;
        };
    }

    private static io.gymwire.proto.v1.ObjectArray encodeObjects(ObjectArray array) {
        return io.gymwire.proto.v1.ObjectArray.newBuilder()
                .addAllShape(lengths(array.shape()))
                .addAllValues(encodeAll(array.values()).getValuesList())
                .build();
    }

    private static io.gymwire.proto.v1.StringArray encodeStrings(StringArray array) {
        array.values().forEach(Values::unicode);
        return io.gymwire.proto.v1.StringArray.newBuilder()
                .addAllShape(lengths(array.shape()))
                .addAllValues(array.values())
                .setMaxLength(array.maxLength())
                .build();
    }

    private static List<Long> lengths(int[] shape) {
        return Arrays.stream(shape).asLongStream().boxed().toList();
    }

    private static GraphInstance decodeGraph(io.gymwire.proto.v1.GraphInstance graph) {
        if (graph.hasEdges() && graph.getEdges().hasNone()) {
            throw new IllegalArgumentException("a graph without features on its edges must leave out the field edges");
        }
        return new GraphInstance(
                decode(graph.getNodes()),
                graph.hasEdges() ? decode(graph.getEdges()) : null,
                graph.hasEdgeLinks() ? NdArrays.decode(graph.getEdgeLinks()) : null);
    }

    private static io.gymwire.proto.v1.GraphInstance encodeGraph(GraphInstance graph) {
        io.gymwire.proto.v1.GraphInstance.Builder builder = io.gymwire.proto.v1.GraphInstance.newBuilder();
        builder.setNodes(encode(graph.nodes()));
        if (graph.edges() != null) {
            builder.setEdges(encode(graph.edges()));
        }
        if (graph.edgeLinks() != null) {
            builder.setEdgeLinks(NdArrays.encode(graph.edgeLinks()));
        }
        return builder.build();
    }

    /** Checks that UTF-8 can represent a text. UTF-8 cannot represent half a surrogate pair. */
    private static String unicode(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    "the string \"" + text + "\" contains half a surrogate pair, which cannot be sent");
        }
        return text;
    }

    private static BigInteger decodeBigInt(ByteString littleEndian) {
        if (littleEndian.isEmpty()) {
            throw new IllegalArgumentException("a big integer in a message has no bytes");
        }
        BigInteger integer = new BigInteger(reversed(littleEndian.toByteArray()));
        if (integer.bitLength() <= LONG_BITS || integer.toByteArray().length != littleEndian.size()) {
            throw new IllegalArgumentException(
                    "a big integer in a message is not the shortest form of a number outside 64 bits: " + integer);
        }
        return integer;
    }

    private static void encodeBigInt(BigInteger integer, Value.Builder builder) {
        if (integer.bitLength() <= LONG_BITS) {
            builder.setIntValue(integer.longValue());
        } else {
            builder.setBigInt(ByteString.copyFrom(reversed(integer.toByteArray())));
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
