# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Converts Python objects to ``Value`` and back. Objects of the types in ``_ENCODERS`` keep their types. An object of a
subclass becomes an object of its base class in ``_ENCODERS``. Arrays are an exception: ``memmap`` is the only subclass
of numpy's ``ndarray`` that can be sent."""

import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.spaces import GraphInstance

from gymwire.codec.arrays import MAX_AXES, decode_array, decode_own_array, decode_shape, encode_array
from gymwire.codec.dtypes import NUMPY_DTYPES, wire_dtype
from gymwire.status import Code
from gymwire.v1 import value_pb2

# Protobuf reads at most 100 nested messages. Each dict inside a dict takes three of them.
MAX_DEPTH = 30
# numpy reserves `max_length` characters for each string. Without a limit, a small message could take any amount of
# memory.
MAX_STRING_ARRAY_BYTES = 2**28

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 80
# Arrays of these classes consist of their elements only. Other subclasses add a mask, units or rules.
_ARRAY_TYPES = (np.ndarray, np.memmap)
_KEY_KINDS = ("string_value", "int_value", "bool_value", "tuple")


class UnsupportedValueError(ValueError):
    """A Python object cannot be sent. If a Step or Reset fails with this error, the session ends, because the
    environments have already stepped or were reset, but the client does not get the results."""

    code = Code.UNIMPLEMENTED
    ends_session = True


def encode_value(value: object) -> value_pb2.Value:
    """Returns the message for a Python object. Raises UnsupportedValueError if the object cannot be sent, for example
    because the contract has no kind for its type."""
    return _encode(value, 0)


def as_received(value: object, depth: int = 0) -> Any:
    """Returns a copy of a value as the receiver gets it, with plain types and copied arrays. `depth` is the number of
    containers that will be around the value in the message. Raises UnsupportedValueError if the value cannot be
    sent."""
    return decode_value(_encode(value, depth))


def encode_dict(mapping: Mapping[Any, Any]) -> value_pb2.Dict:
    """Returns the message for a mapping, with the entries in the mapping's order."""
    return _encode_dict(mapping, 0)


def decode_value(message: value_pb2.Value) -> Any:
    """Returns the Python object of a message. Arrays are writable copies. Raises ValueError for a malformed message."""
    kind = message.WhichOneof("kind")
    if kind is None:
        raise ValueError("a value has no kind; Python's None is the kind 'none'")
    return _DECODERS[kind](getattr(message, kind))


def decode_dict(message: value_pb2.Dict) -> dict[Any, Any]:
    """Returns the dict of a message. Raises ValueError for a malformed message."""
    result: dict[Any, Any] = {}
    for entry in message.entries:
        key = _decode_key(entry.key)
        if key in result:
            raise ValueError(f"the dict key {key!r} occurs twice")
        result[key] = decode_value(entry.value)
    return result


def decode_string_dict(message: value_pb2.Dict, name: str) -> dict[str, Any]:
    """Returns the dict of a message. Raises ValueError if a key is not a string. `name` is the name of the dict in
    the text of this error."""
    result = decode_dict(message)
    for key in result:
        if not isinstance(key, str):
            raise ValueError(f"the keys of {name} must be strings; got {key!r}")
    return result


def _encode(value: object, depth: int) -> value_pb2.Value:
    encode = _ENCODERS.get(type(value)) or next((e for base, e in _ENCODERS.items() if isinstance(value, base)), None)
    if encode is not None:
        return encode(value, depth)
    if isinstance(value, np.generic) and wire_dtype(value.dtype) is not None:
        return _encode_scalar(value, depth)
    raise UnsupportedValueError(f"a value of type {type(value).__qualname__} cannot be sent: {shorten(value)}")


def check_unmasked(value: object) -> None:
    """Raises UnsupportedValueError for an array with masked elements, at any depth in dicts, lists and tuples: numpy
    drops the mask when it converts or batches an array."""
    if isinstance(value, np.ndarray):
        if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            raise UnsupportedValueError(
                f"an array with masked elements cannot be sent: {shorten(value)}; give them values with filled()"
            )
    elif isinstance(value, dict):
        for element in value.values():
            check_unmasked(element)
    elif isinstance(value, (list, tuple)):
        for element in value:
            check_unmasked(element)


def _check_array_type(array: np.ndarray[Any, Any]) -> None:
    if type(array) not in _ARRAY_TYPES:
        check_unmasked(array)
        kind = type(array)
        raise UnsupportedValueError(
            f"an array of the class {kind.__module__}.{kind.__qualname__} cannot be sent: {shorten(array)}; "
            "convert it to a plain array with numpy.array()"
        )


def shorten(value: object) -> str:
    """Returns a value's repr on one short line. If its own __repr__ raises, returns a text with the value's type."""
    try:
        text = " ".join(_REPR.repr(value).split())
    except Exception:  # for example an int with more digits than Python converts
        text = f"a value of type {type(value).__qualname__}"
    return text if len(text) <= 80 else text[:77] + "..."


def brief(value: object) -> str:
    """Returns an array's dtype and shape, for example "float32[4, 2]". For other values, does what `shorten`
    does."""
    return f"{value.dtype}{list(value.shape)}" if isinstance(value, np.ndarray) else shorten(value)


def _inside(depth: int) -> int:
    if depth == MAX_DEPTH:
        raise UnsupportedValueError(f"a value nested deeper than {MAX_DEPTH} containers cannot be sent")
    return depth + 1


def _is_key(key: object) -> bool:
    if isinstance(key, tuple):
        return all(_is_key(part) for part in key)
    return isinstance(key, (str, int)) and not (isinstance(key, int) and not _INT64_MIN <= key <= _INT64_MAX)


def _decode_key(message: value_pb2.Value) -> Any:
    kind = message.WhichOneof("kind")
    if kind not in _KEY_KINDS:
        raise ValueError(f"a dict key must be one of {', '.join(_KEY_KINDS)}; got {kind or 'no kind'}")
    if kind == "tuple":
        return tuple(_decode_key(part) for part in message.tuple.values)
    return getattr(message, kind)


def _encode_dict(mapping: Mapping[Any, Any], depth: int) -> value_pb2.Dict:
    message = value_pb2.Dict()
    for key, value in mapping.items():
        if not _is_key(key):
            raise UnsupportedValueError(
                f"a dict key must be str, int of 64 bits, bool or a tuple of those: {shorten(key)}"
            )
        try:
            message.entries.add(key=_encode(key, _inside(depth)), value=_encode(value, _inside(depth)))
        except UnsupportedValueError as error:
            raise UnsupportedValueError(f"under the key {key!r}: {error}") from None
    return message


def _encode_int(value: int, _: int) -> value_pb2.Value:
    if _INT64_MIN <= value <= _INT64_MAX:
        return value_pb2.Value(int_value=value)
    return value_pb2.Value(big_int=_big_int_bytes(value))


def _big_int_bytes(value: int) -> bytes:
    bits = (value if value >= 0 else ~value).bit_length()
    return value.to_bytes(bits // 8 + 1, "little", signed=True)


def _decode_big_int(data: bytes) -> int:
    value = int.from_bytes(data, "little", signed=True)
    if _INT64_MIN <= value <= _INT64_MAX or _big_int_bytes(value) != data:
        raise ValueError(f"big_int must be the shortest form of a number outside int64; got {len(data)} bytes")
    return value


def _encode_str(value: str, _: int) -> value_pb2.Value:
    return value_pb2.Value(string_value=_unicode(value))


def _unicode(text: str) -> str:
    # A Python string can contain half of a surrogate pair, but UTF-8 cannot. To detect such a string, encode it.
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnsupportedValueError(f"the string {shorten(text)} is not Unicode text: {error.reason}") from None
    return text


def _encode_scalar(value: np.generic, _: int) -> value_pb2.Value:
    return value_pb2.Value(scalar=encode_array(value))


def _decode_scalar(message: value_pb2.NdArray) -> Any:
    if message.shape:
        raise ValueError(f"a scalar has the shape []; got {list(message.shape)}")
    return decode_array(message)[()]


def _encode_ndarray(value: np.ndarray[Any, Any], depth: int) -> value_pb2.Value:
    _check_array_type(value)
    if value.ndim > MAX_AXES:
        raise UnsupportedValueError(f"an array with {value.ndim} axes cannot be sent; at most {MAX_AXES} are possible")
    if value.dtype == object:
        elements = [_encode(element, _inside(depth)) for element in value.ravel().tolist()]
        return value_pb2.Value(object_array=value_pb2.ObjectArray(shape=value.shape, values=elements))
    if value.dtype.kind == "U":
        size = value.dtype.itemsize * max(value.size, 1)
        if size > MAX_STRING_ARRAY_BYTES:
            raise UnsupportedValueError(
                f"an array of strings with {size} bytes cannot be sent; at most {MAX_STRING_ARRAY_BYTES} are possible"
            )
        strings = [_unicode(text) for text in value.ravel().tolist()]
        return value_pb2.Value(
            string_array=value_pb2.StringArray(shape=value.shape, values=strings, max_length=value.dtype.itemsize // 4)
        )
    if wire_dtype(value.dtype) is None:
        raise UnsupportedValueError(f"an array of dtype {value.dtype} cannot be sent")
    return value_pb2.Value(array=encode_array(value))


def _decode_object_array(message: value_pb2.ObjectArray) -> np.ndarray[Any, Any]:
    shape = _shape_of(message.shape, message.values, "an object array")
    flat = np.empty(len(message.values), dtype=object)
    for i, element in enumerate(message.values):
        flat[i] = decode_value(element)
    return flat.reshape(shape)


def _decode_string_array(message: value_pb2.StringArray) -> np.ndarray[Any, Any]:
    shape = _shape_of(message.shape, message.values, "a string array")
    room = message.max_length
    if room < 0 or 4 * room * max(len(message.values), 1) > MAX_STRING_ARRAY_BYTES:
        raise ValueError(
            f"a string array of {len(message.values)} strings with room for {room} characters each must take "
            f"between 0 and {MAX_STRING_ARRAY_BYTES} bytes"
        )
    for text in message.values:
        if len(text) > room or text.endswith("\0"):
            raise ValueError(
                f"the string {shorten(text)} does not fit an array with room for {room} characters, or ends with NUL"
            )
    return np.array(message.values, dtype=f"<U{room}").reshape(shape)


def _shape_of(lengths: Sequence[int], values: Sequence[Any], what: str) -> tuple[int, ...]:
    shape = decode_shape(lengths)
    if math.prod(shape) != len(values):
        raise ValueError(f"{what} of shape {list(shape)} cannot have {len(values)} values")
    return shape


def _encode_sequence(value: list[Any] | tuple[Any, ...], depth: int) -> value_pb2.ValueList:
    return value_pb2.ValueList(values=[_encode(element, _inside(depth)) for element in value])


def _decode_sequence(message: value_pb2.ValueList) -> list[Any]:
    return [decode_value(element) for element in message.values]


def _encode_graph(value: GraphInstance, depth: int) -> value_pb2.Value:
    message = value_pb2.GraphInstance(nodes=_encode(value.nodes, _inside(depth)))
    if value.edges is not None:
        message.edges.CopyFrom(_encode(value.edges, _inside(depth)))
    links = value.edge_links
    if links is not None:
        if not isinstance(links, np.ndarray) or not _are_links(links):
            raise UnsupportedValueError(f"edge_links must be an integer array of shape [edges, 2]: {shorten(links)}")
        _check_array_type(links)
        message.edge_links.CopyFrom(encode_array(links))
    return value_pb2.Value(graph=message)


def _decode_graph(message: value_pb2.GraphInstance) -> GraphInstance:
    edges = links = None
    if message.HasField("edges"):
        edges = decode_value(message.edges)
        if edges is None:
            raise ValueError("a graph without features on its edges must leave out the field edges; got the kind none")
    if message.HasField("edge_links"):
        links = decode_own_array(message.edge_links)
        if not _are_links(links):
            raise ValueError(f"edge_links must be integers of shape [edges, 2]; got {links.dtype}{list(links.shape)}")
    return GraphInstance(decode_value(message.nodes), edges, links)


def _are_links(array: np.ndarray[Any, Any]) -> bool:
    return array.dtype.kind in "iu" and array.ndim == 2 and array.shape[1] == 2


# A subclass comes before its base class, e.g. GraphInstance before tuple: _encode uses the first class that fits.
_ENCODERS: dict[type, Callable[[Any, int], value_pb2.Value]] = {
    type(None): lambda value, depth: value_pb2.Value(none=value_pb2.NoneValue()),
    bool: lambda value, depth: value_pb2.Value(bool_value=value),
    int: _encode_int,
    # numpy.float64 is a subclass of float, but it is sent as a scalar with a dtype.
    **{dtype.type: _encode_scalar for dtype in NUMPY_DTYPES.values()},
    float: lambda value, depth: value_pb2.Value(float_value=value),
    str: _encode_str,
    bytes: lambda value, depth: value_pb2.Value(bytes_value=value),
    list: lambda value, depth: value_pb2.Value(list=_encode_sequence(value, depth)),
    GraphInstance: _encode_graph,
    tuple: lambda value, depth: value_pb2.Value(tuple=_encode_sequence(value, depth)),
    dict: lambda value, depth: value_pb2.Value(dict=_encode_dict(value, depth)),
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
    "array": decode_own_array,
    "object_array": _decode_object_array,
    "string_array": _decode_string_array,
    "list": _decode_sequence,
    "tuple": lambda value: tuple(_decode_sequence(value)),
    "dict": decode_dict,
    "graph": _decode_graph,
}
