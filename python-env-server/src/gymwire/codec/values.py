# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Python objects <-> ``Value``, keeping the type of each."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gymwire.codec.arrays import decode_array, encode_array
from gymwire.codec.dtypes import wire_dtype
from gymwire.v1 import value_pb2

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_KEY_KINDS = ("string_value", "int_value", "bool_value", "tuple")


class UnsupportedValueError(ValueError):
    """Says that a Python object has no form on the wire."""


def encode_value(value: object) -> value_pb2.Value:
    """Returns the message for a Python object; UnsupportedValueError when its type has no kind."""
    encode = _ENCODERS.get(type(value)) or next((e for base, e in _ENCODERS.items() if isinstance(value, base)), None)
    if encode is None:
        if isinstance(value, np.generic) and wire_dtype(value.dtype) is not None:
            return _encode_scalar(value)
        raise UnsupportedValueError(f"a value of type {type(value).__qualname__} cannot travel: {_shorten(value)}")
    return encode(value)


def encode_dict(mapping: Mapping[Any, Any]) -> value_pb2.Dict:
    """Returns the message for a mapping, in its order."""
    message = value_pb2.Dict()
    for key, value in mapping.items():
        if not _is_key(key):
            raise UnsupportedValueError(f"a dict key must be str, int, bool or a tuple of those: {_shorten(key)}")
        try:
            message.entries.add(key=encode_value(key), value=encode_value(value))
        except UnsupportedValueError as error:
            raise UnsupportedValueError(f"under the key {key!r}: {error}") from None
    return message


def decode_value(message: value_pb2.Value) -> Any:
    """Returns the Python object of a message; ValueError when it is malformed. Arrays are read-only."""
    kind = message.WhichOneof("kind")
    if kind is None:
        raise ValueError("a value has no kind; Python's None is the kind 'none'")
    return _DECODERS[kind](getattr(message, kind))


def decode_dict(message: value_pb2.Dict) -> dict[Any, Any]:
    """Returns the dict of a message; ValueError when it is malformed."""
    result: dict[Any, Any] = {}
    for entry in message.entries:
        key = _decode_key(entry.key)
        if key in result:
            raise ValueError(f"the dict key {key!r} occurs twice")
        result[key] = decode_value(entry.value)
    return result


def decode_string_dict(message: value_pb2.Dict, name: str) -> dict[str, Any]:
    """Returns a dict whose keys are all strings; `name` stands for it in the ValueError."""
    result = decode_dict(message)
    for key in result:
        if not isinstance(key, str):
            raise ValueError(f"the keys of {name} must be strings, but {key!r} came")
    return result


def _is_key(key: object) -> bool:
    if isinstance(key, tuple):
        return all(_is_key(part) for part in key)
    return isinstance(key, (str, int))


def _decode_key(message: value_pb2.Value) -> Any:
    kind = message.WhichOneof("kind")
    if kind not in _KEY_KINDS:
        raise ValueError(f"a dict key must be one of {', '.join(_KEY_KINDS)}, but {kind or 'none set'} came")
    if kind == "tuple":
        return tuple(_decode_key(part) for part in message.tuple.values)
    return getattr(message, kind)


def _encode_none(_: None) -> value_pb2.Value:
    return value_pb2.Value(none=value_pb2.NoneValue())


def _encode_int(value: int) -> value_pb2.Value:
    if _INT64_MIN <= value <= _INT64_MAX:
        return value_pb2.Value(int_value=value)
    return value_pb2.Value(big_int=_big_int_bytes(value))


def _big_int_bytes(value: int) -> bytes:
    bits = (value if value >= 0 else ~value).bit_length()
    return value.to_bytes(bits // 8 + 1, "little", signed=True)


def _decode_big_int(data: bytes) -> int:
    value = int.from_bytes(data, "little", signed=True)
    if _INT64_MIN <= value <= _INT64_MAX or _big_int_bytes(value) != data:
        raise ValueError(f"big_int must be the shortest form of a number outside int64, but {len(data)} bytes came")
    return value


def _encode_scalar(value: np.generic) -> value_pb2.Value:
    return value_pb2.Value(scalar=encode_array(value))


def _encode_ndarray(value: np.ndarray[Any, Any]) -> value_pb2.Value:
    if value.dtype == object:
        elements = [encode_value(element) for element in value.ravel().tolist()]
        return value_pb2.Value(object_array=value_pb2.ObjectArray(shape=value.shape, values=elements))
    if wire_dtype(value.dtype) is None:
        raise UnsupportedValueError(f"an array of dtype {value.dtype} cannot travel")
    return value_pb2.Value(array=encode_array(value))


def _encode_sequence(value: list[Any] | tuple[Any, ...]) -> value_pb2.ValueList:
    return value_pb2.ValueList(values=[encode_value(element) for element in value])


def _decode_scalar(message: value_pb2.NdArray) -> Any:
    if message.shape:
        raise ValueError(f"a scalar has the shape [], but {list(message.shape)} came")
    return decode_array(message)[()]


def _decode_object_array(message: value_pb2.ObjectArray) -> np.ndarray[Any, Any]:
    shape = tuple(message.shape)
    if any(length < 0 for length in shape) or math.prod(shape) != len(message.values):
        raise ValueError(f"an object array of shape {list(shape)} cannot hold {len(message.values)} values")
    flat = np.empty(len(message.values), dtype=object)
    for i, element in enumerate(message.values):
        flat[i] = decode_value(element)
    return flat.reshape(shape)


def _decode_sequence(message: value_pb2.ValueList) -> list[Any]:
    return [decode_value(element) for element in message.values]


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# In the order that subclasses are tried: bool before int.
_ENCODERS: dict[type, Callable[[Any], value_pb2.Value]] = {
    type(None): _encode_none,
    bool: lambda value: value_pb2.Value(bool_value=value),
    int: _encode_int,
    # numpy.float64 is a float to Python, but a scalar with a dtype on the wire.
    np.float64: _encode_scalar,
    float: lambda value: value_pb2.Value(float_value=value),
    str: lambda value: value_pb2.Value(string_value=value),
    bytes: lambda value: value_pb2.Value(bytes_value=value),
    list: lambda value: value_pb2.Value(list=_encode_sequence(value)),
    tuple: lambda value: value_pb2.Value(tuple=_encode_sequence(value)),
    dict: lambda value: value_pb2.Value(dict=encode_dict(value)),
    np.ndarray: _encode_ndarray,
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "none": lambda _: None,
    "bool_value": lambda value: value,
    "int_value": lambda value: value,
    "big_int": _decode_big_int,
    "float_value": lambda value: value,
    "string_value": lambda value: value,
    "bytes_value": lambda value: value,
    "scalar": _decode_scalar,
    "array": decode_array,
    "object_array": _decode_object_array,
    "list": _decode_sequence,
    "tuple": lambda value: tuple(_decode_sequence(value)),
    "dict": decode_dict,
}
