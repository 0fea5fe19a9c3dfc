// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import com.google.protobuf.ByteString;
import io.gymwire.proto.v1.Dict;
import io.gymwire.proto.v1.NoneValue;
import io.gymwire.proto.v1.ObjectArray;
import io.gymwire.proto.v1.Value;
import io.gymwire.proto.v1.ValueList;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns Python objects on the wire into Java objects and back: None is null, bool Boolean, int Long or BigInteger,
 * float Double, str String, bytes byte[], numpy scalars and arrays NdArray, lists and tuples List, dicts LinkedHashMap.
 */
final class Values {
    private static final int LONG_BITS = 63;

    private Values() {
    }

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
            case SCALAR -> NdArray.fromProto(value.getScalar());
            case ARRAY -> NdArray.fromProto(value.getArray());
            case OBJECT_ARRAY -> decodeObjects(value.getObjectArray());
            case LIST -> decodeAll(value.getList().getValuesList());
            case TUPLE -> decodeAll(value.getTuple().getValuesList());
            case DICT -> decodeEntries(value.getDict());
            case KIND_NOT_SET -> throw new IllegalArgumentException("a value on the wire has no kind");
        };
    }

    /** @throws IllegalArgumentException if the value is no numpy array or scalar, or malformed */
    static NdArray decodeArray(Value value) {
        return switch (value.getKindCase()) {
            case ARRAY -> NdArray.fromProto(value.getArray());
            case SCALAR -> NdArray.fromProto(value.getScalar());
            default -> throw new IllegalArgumentException("an array was expected, but a value of kind "
                    + value.getKindCase() + " came; this version reads observations of Box and Discrete spaces");
        };
    }

    /** Decodes infos and the like, whose keys are strings. */
    static Map<String, Object> decodeDict(Dict dict) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Dict.Entry entry : dict.getEntriesList()) {
            map.put(String.valueOf(decode(entry.getKey())), decode(entry.getValue()));
        }
        return Collections.unmodifiableMap(map);
    }

    /** @throws IllegalArgumentException if an object has no counterpart in Python */
    static Value encode(Object object) {
        Value.Builder builder = Value.newBuilder();
        if (object == null) {
            builder.setNone(NoneValue.getDefaultInstance());
        } else if (object instanceof Boolean flag) {
            builder.setBoolValue(flag);
        } else if (object instanceof Long || object instanceof Integer || object instanceof Short
                || object instanceof Byte) {
            builder.setIntValue(((Number) object).longValue());
        } else if (object instanceof BigInteger integer) {
            encodeBigInt(integer, builder);
        } else if (object instanceof Double || object instanceof Float) {
            builder.setFloatValue(((Number) object).doubleValue());
        } else if (object instanceof String text) {
            builder.setStringValue(text);
        } else if (object instanceof byte[] bytes) {
            builder.setBytesValue(ByteString.copyFrom(bytes));
        } else if (object instanceof NdArray array) {
            builder.setArray(array.toProto());
        } else if (object instanceof List<?> list) {
            ValueList.Builder values = ValueList.newBuilder();
            list.forEach(element -> values.addValues(encode(element)));
            builder.setList(values);
        } else if (object instanceof Map<?, ?> map) {
            builder.setDict(encodeDict(map));
        } else {
            throw new IllegalArgumentException("a value of " + object.getClass().getName() + " (" + object
                    + ") has no counterpart in Python; use null, Boolean, an integer, Double, String, byte[], NdArray, "
                    + "List or Map");
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
            map.put(decode(entry.getKey()), decode(entry.getValue()));
        }
        return Collections.unmodifiableMap(map);
    }

    private static List<Object> decodeAll(List<Value> values) {
        List<Object> list = new ArrayList<>(values.size());
        values.forEach(value -> list.add(decode(value)));
        return Collections.unmodifiableList(list);
    }

    private static Object decodeObjects(ObjectArray array) {
        int[] shape = array.getShapeList().stream().mapToInt(Math::toIntExact).toArray();
        if (NdArray.size(shape) != array.getValuesCount()) {
            throw new IllegalArgumentException("an object array of shape " + array.getShapeList() + " has "
                    + array.getValuesCount() + " values");
        }
        return nest(decodeAll(array.getValuesList()), shape, 0);
    }

    /** Arranges the flat elements of an array as lists of lists, one level per axis. */
    private static Object nest(List<Object> elements, int[] shape, int axis) {
        if (axis == shape.length) {
            return elements.get(0);
        }
        List<Object> rows = new ArrayList<>(shape[axis]);
        for (int row = 0; row < shape[axis]; row++) {
            int length = elements.size() / shape[axis];
            rows.add(nest(elements.subList(row * length, (row + 1) * length), shape, axis + 1));
        }
        return Collections.unmodifiableList(rows);
    }

    private static BigInteger decodeBigInt(ByteString littleEndian) {
        if (littleEndian.isEmpty()) {
            throw new IllegalArgumentException("a big integer on the wire has no bytes");
        }
        return new BigInteger(reversed(littleEndian.toByteArray()));
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
