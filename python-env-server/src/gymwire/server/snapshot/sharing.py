# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds objects that two attributes share. A restore gives each attribute its own copy, so a later change in one of
them would not reach the other."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gymwire.server.errors import SnapshotUnsupportedError

# The maximum number of steps in numpy's search for a common element of two arrays. The usual slices need far fewer.
_MAX_WORK = 10_000


class _Array(NamedTuple):
    """An array in an attribute. `position` numbers the arrays: first those of saved attributes, then the others."""

    position: int
    name: str
    saved: bool
    array: npt.NDArray[Any]


def check_unshared(owner: Any, saved: Iterable[str], others: Iterable[str]) -> None:
    """Raises SnapshotUnsupportedError if a changeable object is in two places: twice in the saved attributes, or once
    in them and once in one of the `others`. Changeable objects are lists, dicts, arrays, and the random generator of
    the environment, which is always saved.

    Settings are not compared. The state is often a part of a setting that never changes, for example the goal of an
    episode in a list of goals. If a setting changes after the constructor, a restore refuses the snapshot."""
    attributes = vars(owner)
    # The first place of each saved list or dict, by its id.
    places: dict[int, str] = {id(owner.unwrapped._np_random): "np_random"}
    arrays: list[_Array] = []
    for name in saved:
        for value in _changeable(attributes.get(name), None):
            if isinstance(value, np.ndarray):
                arrays.append(_Array(len(arrays), name, True, value))
            elif id(value) in places:
                raise _shared(owner, places[id(value)], name, value)
            else:
                places[id(value)] = name
    once: set[int] = set()
    for name in others:
        for value in _changeable(attributes.get(name), once):
            if isinstance(value, np.ndarray):
                arrays.append(_Array(len(arrays), name, False, value))
            elif id(value) in places:
                raise _shared(owner, places[id(value)], name, value)
    _check_memory(owner, arrays)


def _changeable(value: Any, once: set[int] | None) -> Iterator[Any]:
    """Yields the lists, dicts, arrays and random generators that a value is or contains, but not those inside objects
    of other classes. `once` is a set of the ids of containers that were visited before: they are skipped."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, (list, dict, deque, tuple, np.ndarray, np.random.Generator)):
            continue
        if once is not None and not isinstance(value, np.ndarray):
            if id(value) in once:
                continue
            once.add(id(value))
        if not isinstance(value, tuple):
            yield value
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, (list, deque, tuple)):
            waiting.extend(value)
        elif isinstance(value, np.ndarray) and value.dtype == object:
            waiting.extend(value.ravel().tolist())


def _check_memory(owner: Any, arrays: Iterable[_Array]) -> None:
    """Compares the arrays. In the order of their first bytes, each array is compared only with the earlier arrays that
    end after its first byte."""
    ranges = sorted((*_range(each.array), each) for each in arrays if each.array.size)
    earlier: list[tuple[int, int, _Array]] = []
    for low, high, one in ranges:
        earlier = [each for each in earlier if each[1] > low]
        for _, _, other in earlier:
            if (one.saved or other.saved) and _share_memory(one.array, other.array):
                first, second = (one, other) if one.position < other.position else (other, one)
                raise _shared(owner, first.name, second.name, first.array)
        earlier.append((low, high, one))


def _range(array: npt.NDArray[Any]) -> tuple[int, int]:
    """Returns the addresses of the first byte and of the byte after the last one."""
    start: int = array.__array_interface__["data"][0]
    ways = [(length - 1) * stride for length, stride in zip(array.shape, array.strides, strict=True)]
    return start + sum(way for way in ways if way < 0), start + sum(way for way in ways if way > 0) + array.itemsize


def _share_memory(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Returns whether a change in one array can change the other."""
    if not (one.flags.writeable or other.flags.writeable):
        return False
    try:
        return np.shares_memory(one, other, max_work=_MAX_WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def _shared(owner: Any, first: str, second: str, value: Any) -> SnapshotUnsupportedError:
    """Returns the error for two places that share a value. `first` is a saved attribute, or `np_random`."""
    kind = type(owner).__name__
    if isinstance(value, np.random.Generator):
        return SnapshotUnsupportedError(
            f"{kind}.{second} is the environment's random generator, but after a restore, {kind}.np_random is a new "
            "generator; use np_random everywhere"
        )
    what = "the memory of an array" if isinstance(value, np.ndarray) else f"one {type(value).__name__}"
    if first == second:
        places, remedy = f"two places in {kind}.{first}", f"save {first} with `take` and `put` of register_state"
    else:
        places = f"{kind}.{first} and {kind}.{second}"
        remedy = f"name only {first} in register_state, name {second} in `ignore`, and set {second} in `put`"
    return SnapshotUnsupportedError(
        f"{places} share {what}, but after a restore, each would have its own; {remedy}. If it never changes, store a "
        "copy in one of them"
    )
