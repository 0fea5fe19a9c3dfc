# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a state that `register_state` declares. Some values have another type when they come back from a
snapshot: a Counter becomes a dict, for example. These values are refused, because the environment's code may use the
methods of a Counter."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from gymnasium.spaces import GraphInstance

from gymwire.codec.dtypes import wire_dtype
from gymwire.codec.values import MAX_DEPTH, shorten
from gymwire.server.errors import SnapshotUnsupportedError
from gymwire.server.snapshot.parts import Attribute, Part, is_anything, own

# Values of exactly these types come back from a message as they were. An object of a derived class does not: an IntEnum
# becomes an int, for example.
_UNCHANGED = frozenset([type(None), bool, int, float, str, bytes])


# The keys of the dict that stands for an array that is not in row-major order.
_AXES, _ARRAY = "gymwire.axes", "gymwire.array"


class RegisteredAttribute(Attribute):
    """One attribute. Its value, and all values inside it, must have types that a message keeps."""

    def __init__(self, name: str) -> None:
        super().__init__(name, is_anything, "its value")

    def take(self, owner: Any) -> Any:
        value = super().take(owner)
        _check_types(
            f"{type(owner).__name__}.{self.name}",
            value,
            f"name {self.name} in `ignore` of register_state, and save it with `take` and `put`",
        )
        return _in_row_order(value)

    def check(self, owner: Any, value: Any) -> None:
        _as_taken(value)

    def put(self, owner: Any, value: Any) -> None:
        setattr(owner, self.name, _as_taken(own(value)))


class Adapter(Part):
    """State that two functions of the environment's author read and write, such as a simulator's internal state."""

    def __init__(self, take: Callable[[Any], Any], put: Callable[[Any, Any], None]) -> None:
        super().__init__("adapter")
        self._take = take
        self._put = put

    def take(self, owner: Any) -> Any:
        value = self._take(owner)
        _check_types(
            f"the result of `take` for {type(owner).__name__}", value, "return it from `take`, and accept it in `put`"
        )
        return _in_row_order(value)

    def check(self, owner: Any, value: Any) -> None:
        """Checks only the axes of arrays: only the author's function can check a value."""
        _as_taken(value)

    def put(self, owner: Any, value: Any) -> None:
        self._put(owner, _as_taken(own(value)))


def _in_row_order(value: Any) -> Any:
    """Returns the value with a dict in place of each array that is not in row-major order. A message keeps no other
    order, and sums over the restored array would have other bits. The dict has a list of the axes in the order of the
    memory, and the array, transposed to this order."""
    if isinstance(value, np.ndarray) and not value.flags.c_contiguous:
        axes = sorted(range(value.ndim), key=lambda axis: -abs(value.strides[axis]))
        return value if axes == list(range(value.ndim)) else {_AXES: axes, _ARRAY: value.transpose(axes)}
    if type(value) in (list, tuple):
        return type(value)(_in_row_order(element) for element in value)
    if type(value) is dict:
        return {key: _in_row_order(element) for key, element in value.items()}
    return value


def _as_taken(value: Any) -> Any:
    """Returns the value that was given to `_in_row_order`."""
    if type(value) in (list, tuple):
        return type(value)(_as_taken(element) for element in value)
    if type(value) is not dict:
        return value
    if value.keys() != {_AXES, _ARRAY}:
        return {key: _as_taken(element) for key, element in value.items()}
    axes, array = value[_AXES], value[_ARRAY]
    is_array = isinstance(array, np.ndarray) and type(axes) is list and len(axes) == array.ndim
    if not is_array or any(axis not in axes for axis in range(array.ndim)):
        raise ValueError(f"{_AXES} must be the axes of {_ARRAY}; got {axes!r:.80}")
    return array.transpose(np.argsort(axes))


def _check_types(what: str, value: Any, remedy: str) -> None:
    """Raises SnapshotUnsupportedError if a restore would change the type of the value or of a value inside it, or if
    the value is nested too deep. `what` and `remedy` are parts of the error's message."""
    changed = _changed(value, 0)
    if changed is not None:
        kind = type(changed)
        raise SnapshotUnsupportedError(
            f"{what} {'is' if changed is value else 'contains'} a value of type {kind.__module__}.{kind.__qualname__}, "
            f"which a snapshot cannot keep: {shorten(changed)}; {remedy}. Numbers, strings, bytes, arrays, and lists, "
            f"tuples and dicts of them are kept, at most {MAX_DEPTH} of these inside each other"
        )


def _changed(value: Any, depth: int) -> Any:
    """Returns the value, or a value inside it, that would come back with another type or that is nested too deep.
    Returns None if there is no such value; this is not ambiguous, because None itself never changes. Other values that
    cannot be sent are refused later."""
    kind = type(value)
    if kind in _UNCHANGED:
        return None
    inner: Iterable[Any]
    if isinstance(value, np.generic):
        return None if wire_dtype(value.dtype) is not None else value
    if depth > MAX_DEPTH:
        return value
    if kind in (list, tuple, GraphInstance):
        inner = value
    elif kind is dict:
        inner = itertools.chain(value, value.values())
    elif kind is np.ndarray:
        inner = value.ravel().tolist() if value.dtype == object else ()
    else:
        return value
    return next((found for element in inner if (found := _changed(element, depth + 1)) is not None), None)
