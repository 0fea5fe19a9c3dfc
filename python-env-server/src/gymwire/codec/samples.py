# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Encodes observations and actions as ``Value``, and decodes them with a check against their space. The space can be
the space of a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.spaces import GraphInstance, Space

from gymwire.codec.arrays import MAX_AXES, encode_array
from gymwire.codec.spaces import UnsupportedSpaceError, travelling_class
from gymwire.codec.values import UnsupportedValueError, brief, check_unmasked, decode_value, encode_value
from gymwire.v1 import value_pb2

_ARRAY_SPACES = (spaces.Box, spaces.MultiDiscrete, spaces.MultiBinary)


def encode_sample(space: Space[Any], value: Any) -> value_pb2.Value:
    """Returns the message for an observation or action, even when `space` does not contain it. Raises
    UnsupportedValueError if the value cannot be sent."""
    is_array = isinstance(space, _ARRAY_SPACES) and isinstance(value, np.ndarray) and value.dtype == space.dtype
    if is_array and value.ndim <= MAX_AXES:
        # An array of a subclass of np.ndarray is sent as a plain array, because Gymnasium also copies such arrays into
        # plain arrays when it makes a batch. An array with masked elements is refused, because a plain array has no
        # mask.
        check_unmasked(value)
        return value_pb2.Value(array=encode_array(value))
    try:
        return encode_value(value)
    except UnsupportedValueError as error:
        raise UnsupportedValueError(f"in a sample of {space}: {error}") from None


def decode_sample(space: Space[Any], message: value_pb2.Value) -> Any:
    """Returns the sample in a message. Raises ValueError unless the sample has the structure of the space: Python
    types, keys, lengths, dtypes and shapes. The error names the wrong part and what was expected. Does not check
    bounds, a text's length and characters, or a graph's links. Raises UnsupportedSpaceError if samples of the space
    cannot be sent.

    A sample of Discrete has the type that was sent: a Python int, a numpy integer, or an integer array of shape (). A
    sample of Tuple can also be a list.
    """
    value = decode_value(message)
    _check(space, value, "")
    return value


def decode_member(space: Space[Any], message: value_pb2.Value) -> Any:
    """Returns the sample in a message. Raises ValueError if the space does not contain it, e.g. because of NaN."""
    value = decode_sample(space, message)
    try:
        inside = space.contains(value)
    # If a Sequence stacks samples of an empty Dict, Gymnasium cannot split the stack, and raises an exception.
    except (TypeError, ValueError) as error:
        raise ValueError(f"{_shorten(value)} cannot be compared with the space {space}: {error}") from error
    if not inside:
        raise ValueError(f"{_shorten(value)} is outside the space {space}")
    return value


def _check(space: Space[Any], value: Any, path: str) -> None:
    base = travelling_class(space)
    if base is None:
        raise UnsupportedSpaceError(f"samples of the space {space} of type {type(space).__qualname__} cannot be sent")
    _CHECKS[base](space, value, path)


def _refuse(path: str, expected: str, value: Any) -> ValueError:
    return ValueError(f"{'at ' + path + ': ' if path else ''}expected {expected}; got {brief(value)}")


def _check_array(space: Any, value: Any, path: str) -> None:
    # A sample of an integer Box with the shape () is a numpy scalar.
    scalar = isinstance(value, np.generic) and space.shape == ()
    dtype = _native(space.dtype)
    if not (isinstance(value, np.ndarray) or scalar) or value.dtype != dtype or value.shape != space.shape:
        raise _refuse(path, f"an array of {space.dtype} with shape {list(space.shape)}", value)


def _native(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Returns the dtype in the machine's byte order, like the arrays that were decoded."""
    return dtype.newbyteorder("=")


# Some annotations here and below are in quotes, because in Gymnasium before 1.4 not all spaces are generic classes.
def _check_discrete(space: "spaces.Discrete[Any]", value: Any, path: str) -> None:
    limits = np.iinfo(space.dtype)
    if isinstance(value, int):
        if not limits.min <= value <= limits.max:
            raise _refuse(path, f"an integer that fits into {space.dtype}", value)
    elif (
        not isinstance(value, (np.generic, np.ndarray))
        or value.shape != ()
        or value.dtype.kind not in "iu"
        or not np.can_cast(value.dtype, limits.dtype)
    ):
        raise _refuse(path, f"an int or a single {space.dtype}", value)


def _check_text(_: spaces.Text, value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise _refuse(path, "a string", value)


def _check_dict(space: spaces.Dict, value: Any, path: str) -> None:
    if not isinstance(value, dict) or value.keys() != space.spaces.keys():
        raise _refuse(path, f"a dict with the keys {list(space.spaces)}", value)
    for key, inner in space.spaces.items():
        _check(inner, value[key], f"{path}[{key!r}]")


def _check_tuple(space: "spaces.Tuple[Any]", value: Any, path: str) -> None:
    if not isinstance(value, (tuple, list)) or len(value) != len(space.spaces):
        raise _refuse(path, f"a tuple of {len(space.spaces)}", value)
    for i, (inner, part) in enumerate(zip(space.spaces, value, strict=True)):
        _check(inner, part, f"{path}[{i}]")


def _check_sequence(space: spaces.Sequence, value: Any, path: str) -> None:
    if space.stack:
        _check_stack(space.feature_space, value, path)
        return
    if not isinstance(value, tuple):
        raise _refuse(path, "a tuple", value)
    for i, part in enumerate(value):
        _check(space.feature_space, part, f"{path}[{i}]")


def _check_stack(space: Space[Any], value: Any, path: str) -> int | None:
    """Checks any number of samples that Gymnasium has stacked. Returns their number, or None if it is unknown."""
    if isinstance(space, (*_ARRAY_SPACES, spaces.Discrete)):
        assert space.shape is not None
        if not isinstance(value, np.ndarray) or value.ndim == 0 or value.shape[1:] != space.shape:
            raise _refuse(path, f"an array with shape [{', '.join(map(str, ('any', *space.shape)))}]", value)
        assert space.dtype is not None
        if value.dtype != _native(space.dtype):
            raise _refuse(path, f"an array of {space.dtype}", value)
        return len(value)
    if isinstance(space, spaces.Dict):
        if not isinstance(value, dict) or value.keys() != space.spaces.keys():
            raise _refuse(path, f"a dict with the keys {list(space.spaces)}", value)
        lengths = {_check_stack(inner, value[key], f"{path}[{key!r}]") for key, inner in space.spaces.items()}
    elif isinstance(space, spaces.Tuple):
        if not isinstance(value, tuple) or len(value) != len(space.spaces):
            raise _refuse(path, f"a tuple of {len(space.spaces)}", value)
        lengths = {_check_stack(inner, value[i], f"{path}[{i}]") for i, inner in enumerate(space.spaces)}
    else:
        if not isinstance(value, tuple):
            raise _refuse(path, "a tuple", value)
        for i, part in enumerate(value):
            _check(space, part, f"{path}[{i}]")
        return len(value)
    known = sorted(length for length in lengths if length is not None)
    if len(known) > 1:
        raise _refuse(path, f"stacks of one length, not of {known}", value)
    return known[0] if known else None


def _check_graph(space: spaces.Graph, value: Any, path: str) -> None:
    if not isinstance(value, GraphInstance):
        raise _refuse(path, "a graph", value)
    _check_features(space.node_space, value.nodes, f"{path}.nodes")
    if value.edges is not None:
        if space.edge_space is None:
            raise _refuse(f"{path}.edges", "no features on edges", value.edges)
        _check_features(space.edge_space, value.edges, f"{path}.edges")


def _check_features(space: Space[Any], value: Any, path: str) -> None:
    # Before version 1.4, Gymnasium samples Discrete features as int64, even when the space has another dtype.
    if isinstance(space, spaces.Discrete) and isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        value = value.astype(space.dtype)
    _check_stack(space, value, path)


def _check_one_of(space: "spaces.OneOf[Any]", value: Any, path: str) -> None:
    count = len(space.spaces)
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[0], (int, np.int64)):
        raise _refuse(path, "a tuple of an int (or int64) and a sample", value)
    if not 0 <= value[0] < count:
        raise _refuse(f"{path}[0]", f"the index of a space, from 0 to {count - 1}", value[0])
    _check(space.spaces[value[0]], value[1], f"{path}[1]")


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


_CHECKS: dict[type[Space[Any]], Callable[[Any, Any, str], Any]] = {
    spaces.Box: _check_array,
    spaces.MultiDiscrete: _check_array,
    spaces.MultiBinary: _check_array,
    spaces.Discrete: _check_discrete,
    spaces.Text: _check_text,
    spaces.Dict: _check_dict,
    spaces.Tuple: _check_tuple,
    spaces.Sequence: _check_sequence,
    spaces.Graph: _check_graph,
    spaces.OneOf: _check_one_of,
}
