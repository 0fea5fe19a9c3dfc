# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Converts Gymnasium spaces to the message ``Space`` and back."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.spaces import Space
from gymnasium.spaces.box import array_short_repr

from gymwire.codec.arrays import decode_array, decode_shape, encode_array
from gymwire.codec.dtypes import numpy_dtype, wire_dtype
from gymwire.codec.values import MAX_DEPTH, encode_value
from gymwire.status import Code
from gymwire.v1 import space_pb2, value_pb2

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
# The maximum number of Graphs and stacked Sequences inside each other. Each of them stores its inner spaces twice,
# alone and as a batch, so each level of nesting doubles the memory.
_MAX_STACKED = 8
# The maximum number of elements of a MultiBinary space. A stacked Sequence of this space allocates arrays of its size.
# Without a limit, a small message with a huge shape could take any amount of memory.
_MAX_BINARIES = 2**26
# An environment's author may write a new class for a space of strings. If the class does not derive from `Text`, this
# Text space is sent instead of the author's space. The rules of the author's class are code and cannot be sent.
_ANY_TEXT = spaces.Text(4096, min_length=0, charset="".join(map(chr, range(32, 127))))
_AUTHOR_CLASS = "author_class"


class UnsupportedSpaceError(Exception):
    """A space that cannot be sent, or that the installed Gymnasium does not have."""

    code = Code.UNIMPLEMENTED


def encode_space(space: Space[Any]) -> space_pb2.Space:
    """Returns the message for a space, with the class that `travelling_class` chooses. Raises UnsupportedSpaceError if
    the space cannot be sent."""
    return _encode(space, 0)


def decode_space(message: space_pb2.Space) -> Space[Any]:
    """Returns the space of a message. Raises ValueError if the message is malformed, and UnsupportedSpaceError if the
    installed Gymnasium is too old for the space. If the space replaces a space of an author's own class, its attribute
    `author_class` names this class."""
    return _decode(message, 0)


def travelling_class(space: Space[Any]) -> type[Space[Any]] | None:
    """Returns the Gymnasium class that represents a space in messages: the space's own class, the Gymnasium class from
    which this class derives, or Text for an author's own space of strings. Returns None if there is no such class."""
    for base in _ENCODERS:
        if isinstance(space, base):
            return base
    # An author's class may have no dtype, or a dtype that is not a numpy dtype.
    dtype = getattr(space, "dtype", None)
    return spaces.Text if isinstance(dtype, np.dtype) and dtype.kind == "U" else None


def _encode(space: Space[Any], depth: int) -> space_pb2.Space:
    if depth > MAX_DEPTH:
        raise UnsupportedSpaceError(f"a space nested deeper than {MAX_DEPTH} spaces cannot be sent")
    base = travelling_class(space)
    if base is None:
        raise UnsupportedSpaceError(
            f"the space {space} of type {type(space).__qualname__} is not one of Gymnasium's and cannot be sent; "
            "wrap the environment so that its spaces are Box, Discrete, MultiDiscrete, MultiBinary, Text, Dict, Tuple, "
            "Sequence, Graph or OneOf"
        )
    message = _ENCODERS[base](space if isinstance(space, base) else _ANY_TEXT, depth + 1)
    if type(space) is not base:
        message.author_class = f"{type(space).__module__}.{type(space).__qualname__}"
    else:
        message.author_class = vars(space).get(_AUTHOR_CLASS, "")
    return message


def _decode(message: space_pb2.Space, stacked: int) -> Space[Any]:
    kind = message.WhichOneof("kind")
    if kind is None:
        raise ValueError("a space has no kind")
    space = _DECODERS[kind](getattr(message, kind), stacked)
    if message.author_class:
        setattr(space, _AUTHOR_CLASS, message.author_class)
    return space


def _int64(number: Any, what: str, space: Space[Any]) -> int:
    if not _INT64_MIN <= number <= _INT64_MAX:
        raise UnsupportedSpaceError(f"{what} of the space {space} does not fit into int64: {number}")
    return int(number)


def _encode_box(space: spaces.Box, _: int) -> space_pb2.Space:
    return space_pb2.Space(
        box=space_pb2.BoxSpace(
            low=_bounds(space.low, space),
            high=_bounds(space.high, space),
            bounded_below=encode_array(space.bounded_below),
            bounded_above=encode_array(space.bounded_above),
        )
    )


def _bounds(bounds: Any, space: Space[Any]) -> value_pb2.NdArray:
    if wire_dtype(bounds.dtype) is None:
        raise UnsupportedSpaceError(f"the space {space} has the dtype {bounds.dtype}, which cannot be sent")
    return encode_array(bounds)


def _decode_box(message: space_pb2.BoxSpace, _: int) -> spaces.Box:
    low, high = decode_array(message.low), decode_array(message.high)
    below, above = decode_array(message.bounded_below), decode_array(message.bounded_above)
    if low.dtype != high.dtype or not low.shape == high.shape == below.shape == above.shape:
        raise ValueError(
            f"a box needs bounds of one dtype and shape: low is {low.dtype}{list(low.shape)}, high is "
            f"{high.dtype}{list(high.shape)}, bounded_below {list(below.shape)}, bounded_above {list(above.shape)}"
        )
    if low.dtype.kind not in "biuf":
        raise ValueError(f"a box has a real, integer or bool dtype; got {low.dtype}")
    if below.dtype != np.bool_ or above.dtype != np.bool_:
        raise ValueError(f"bounded_below and bounded_above must be bool, but are {below.dtype} and {above.dtype}")
    if not (low <= high).all():
        raise ValueError("a box has an element whose low is greater than its high, or one of them is NaN")
    native = low.dtype.newbyteorder("=")
    space = spaces.Box(0, 1, shape=low.shape, dtype=native.type)
    # The constructor does not get the message's bounds. If the author gave infinite bounds for an integer dtype,
    # Gymnasium has replaced them by the limits of the dtype, and `bounded_below` and `bounded_above` are false. From
    # these limits, the constructor would set `bounded_below` and `bounded_above` to true.
    space.low, space.high = low.astype(native), high.astype(native)
    space.bounded_below, space.bounded_above = below.copy(), above.copy()
    # In Gymnasium 1.2 the constructor has stored its bounds 0 and 1 as texts, which repr shows. Texts of the message's
    # bounds replace them.
    if getattr(space, "low_repr", None) is not None:
        space.low_repr, space.high_repr = array_short_repr(space.low), array_short_repr(space.high)
    return space


# Some annotations here and below are in quotes, because in Gymnasium before 1.4 not all spaces are generic classes.
def _encode_discrete(space: "spaces.Discrete[Any]", _: int) -> space_pb2.Space:
    return space_pb2.Space(
        discrete=space_pb2.DiscreteSpace(
            n=_int64(space.n, "n", space),
            start=_int64(space.start, "start", space),
            dtype=wire_dtype(np.dtype(space.dtype)),
        )
    )


def _decode_discrete(message: space_pb2.DiscreteSpace, _: int) -> "spaces.Discrete[Any]":
    dtype = numpy_dtype(message.dtype)
    if message.n < 1 or dtype.kind not in "iu":
        raise ValueError(f"a discrete space needs n >= 1 and an integer dtype; got n={message.n}, dtype={dtype}")
    limits = np.iinfo(dtype)
    if message.n > limits.max or not limits.min <= message.start <= limits.max - (message.n - 1):
        raise ValueError(f"n={message.n}, or n elements from {message.start} on, do not fit into {dtype}")
    # Gymnasium 1.2.0 has only Discrete spaces of int64, and no argument for the dtype.
    if dtype == np.int64:
        return spaces.Discrete(message.n, start=message.start)
    if "dtype" not in inspect.signature(spaces.Discrete).parameters:
        raise UnsupportedSpaceError(
            f"a Discrete space of {dtype} needs a newer Gymnasium than {gymnasium.__version__}; install gymnasium>=1.3"
        )
    return spaces.Discrete(message.n, start=message.start, dtype=dtype.type)


def _encode_multi_discrete(space: spaces.MultiDiscrete, _: int) -> space_pb2.Space:
    return space_pb2.Space(
        multi_discrete=space_pb2.MultiDiscreteSpace(
            nvec=encode_array(space.nvec.astype(space.dtype)), start=encode_array(space.start.astype(space.dtype))
        )
    )


def _decode_multi_discrete(message: space_pb2.MultiDiscreteSpace, _: int) -> spaces.MultiDiscrete:
    nvec, start = decode_array(message.nvec), decode_array(message.start)
    if nvec.dtype != start.dtype or nvec.shape != start.shape or nvec.dtype.kind not in "iu":
        raise ValueError(
            f"a multi-discrete space needs nvec and start of one integer dtype and one shape; got "
            f"{nvec.dtype}{list(nvec.shape)} and {start.dtype}{list(start.shape)}"
        )
    if not (nvec >= 1).all():
        raise ValueError(f"each entry of nvec must be at least 1; got {nvec.min()}")
    if not (start <= np.iinfo(nvec.dtype).max - (nvec - 1)).all():
        raise ValueError(f"nvec and start of a multi-discrete space do not fit into {nvec.dtype}")
    return spaces.MultiDiscrete(nvec, dtype=nvec.dtype.type, start=start)


def _encode_multi_binary(space: spaces.MultiBinary, _: int) -> space_pb2.Space:
    return space_pb2.Space(
        multi_binary=space_pb2.MultiBinarySpace(shape=space.shape, scalar_n=isinstance(space.n, int))
    )


def _decode_multi_binary(message: space_pb2.MultiBinarySpace, _: int) -> spaces.MultiBinary:
    shape = decode_shape(message.shape)
    if any(length < 1 for length in shape) or (message.scalar_n and len(shape) != 1):
        raise ValueError(f"a multi-binary space of shape {list(shape)} with scalar_n {message.scalar_n} does not exist")
    if math.prod(shape) > _MAX_BINARIES:
        raise ValueError(f"a multi-binary space of shape {list(shape)} has more than {_MAX_BINARIES} elements")
    return spaces.MultiBinary(shape[0] if message.scalar_n else shape)


def _encode_text(space: spaces.Text, _: int) -> space_pb2.Space:
    charset = list(dict.fromkeys(space.character_list))
    if any(len(character) != 1 for character in charset):
        raise UnsupportedSpaceError(f"the charset of the space {space} must contain only single characters")
    return space_pb2.Space(
        text=space_pb2.TextSpace(
            min_length=_int64(space.min_length, "min_length", space),
            max_length=_int64(space.max_length, "max_length", space),
            charset="".join(charset),
        )
    )


def _decode_text(message: space_pb2.TextSpace, _: int) -> spaces.Text:
    if not 0 <= message.min_length <= message.max_length:
        raise ValueError(
            "a text space needs 0 <= min_length <= max_length; got "
            f"min_length={message.min_length}, max_length={message.max_length}"
        )
    if len(set(message.charset)) != len(message.charset):
        raise ValueError("a text's charset has each character once, but one occurs twice")
    return spaces.Text(message.max_length, min_length=message.min_length, charset=message.charset)


def _encode_dict(space: spaces.Dict, depth: int) -> space_pb2.Space:
    # `unsorted` is true if a batch of the space keeps the order of the keys. Before 1.4, Gymnasium has no `sort_keys`
    # and always sorts the keys of a batch.
    message = space_pb2.DictSpace(unsorted=not getattr(space, "sort_keys", True))
    for key, inner in space.spaces.items():
        is_int = isinstance(key, int) and not isinstance(key, bool) and _INT64_MIN <= key <= _INT64_MAX
        if not (is_int or isinstance(key, str)):
            raise UnsupportedSpaceError(f"the keys of a Dict space must be str, or int of 64 bits, not {key!r}")
        message.entries.add(key=encode_value(key), space=_encode(inner, depth))
    return space_pb2.Space(dict=message)


def _decode_dict(message: space_pb2.DictSpace, stacked: int) -> spaces.Dict:
    entries: dict[Any, Space[Any]] = {}
    for entry in message.entries:
        kind = entry.key.WhichOneof("kind")
        if kind not in ("string_value", "int_value"):
            raise ValueError(f"a key of a dict space must be string_value or int_value; got {kind or 'no kind'}")
        key = getattr(entry.key, kind)
        if key in entries:
            raise ValueError(f"the key {key!r} of a dict space occurs twice")
        entries[key] = _decode(entry.space, stacked)
    # The constructor sorts the keys if it gets a dict, but not if it gets a list of pairs.
    space = spaces.Dict(list(entries.items()))
    if message.unsorted and hasattr(space, "sort_keys"):
        space.sort_keys = False
    return space


def _encode_tuple(space: "spaces.Tuple[Any]", depth: int) -> space_pb2.Space:
    return space_pb2.Space(tuple=space_pb2.TupleSpace(spaces=[_encode(inner, depth) for inner in space.spaces]))


def _decode_tuple(message: space_pb2.TupleSpace, stacked: int) -> "spaces.Tuple[Any]":
    return spaces.Tuple([_decode(inner, stacked) for inner in message.spaces])


def _encode_sequence(space: spaces.Sequence, depth: int) -> space_pb2.Space:
    return space_pb2.Space(
        sequence=space_pb2.SequenceSpace(feature_space=_encode(space.feature_space, depth), stack=bool(space.stack))
    )


def _decode_sequence(message: space_pb2.SequenceSpace, stacked: int) -> spaces.Sequence:
    stacked = _stacked(stacked + message.stack)
    return spaces.Sequence(_decode(message.feature_space, stacked), stack=message.stack)


def _stacked(count: int) -> int:
    if count > _MAX_STACKED:
        raise ValueError(
            f"at most {_MAX_STACKED} stacked sequences and graphs may be inside each other in a space; got {count}"
        )
    return count


def _encode_graph(space: spaces.Graph, depth: int) -> space_pb2.Space:
    edge_space = None if space.edge_space is None else _encode(space.edge_space, depth)
    return space_pb2.Space(
        graph=space_pb2.GraphSpace(node_space=_encode(space.node_space, depth), edge_space=edge_space)
    )


def _decode_graph(message: space_pb2.GraphSpace, stacked: int) -> spaces.Graph:
    stacked = _stacked(stacked + 1)
    node_space = _decode(message.node_space, stacked)
    edge_space = _decode(message.edge_space, stacked) if message.HasField("edge_space") else None
    try:
        return spaces.Graph(node_space, edge_space)
    # Before 1.4 Gymnasium's Graph accepts only Box and Discrete.
    except AssertionError:
        raise UnsupportedSpaceError(
            f"a Graph of {node_space} and {edge_space} needs a newer Gymnasium than {gymnasium.__version__}; install "
            "gymnasium>=1.4"
        ) from None


def _encode_one_of(space: "spaces.OneOf[Any]", depth: int) -> space_pb2.Space:
    return space_pb2.Space(one_of=space_pb2.OneOfSpace(spaces=[_encode(inner, depth) for inner in space.spaces]))


def _decode_one_of(message: space_pb2.OneOfSpace, stacked: int) -> "spaces.OneOf[Any]":
    if not message.spaces:
        raise ValueError("a one-of space has at least one space; got none")
    return spaces.OneOf([_decode(inner, stacked) for inner in message.spaces])


_ENCODERS: dict[type[Space[Any]], Callable[[Any, int], space_pb2.Space]] = {
    spaces.Box: _encode_box,
    spaces.Discrete: _encode_discrete,
    spaces.MultiDiscrete: _encode_multi_discrete,
    spaces.MultiBinary: _encode_multi_binary,
    spaces.Text: _encode_text,
    spaces.Dict: _encode_dict,
    spaces.Tuple: _encode_tuple,
    spaces.Sequence: _encode_sequence,
    spaces.Graph: _encode_graph,
    spaces.OneOf: _encode_one_of,
}

_DECODERS: dict[str, Callable[[Any, int], Space[Any]]] = {
    "box": _decode_box,
    "discrete": _decode_discrete,
    "multi_discrete": _decode_multi_discrete,
    "multi_binary": _decode_multi_binary,
    "text": _decode_text,
    "dict": _decode_dict,
    "tuple": _decode_tuple,
    "sequence": _decode_sequence,
    "graph": _decode_graph,
    "one_of": _decode_one_of,
}
