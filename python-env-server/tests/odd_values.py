# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Python values that a ``Value`` of the contract cannot contain, and Python values that can be sent, most of them as
values of their base types."""

import datetime
import enum
from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import numpy as np


class Colour(enum.Enum):
    """Its members are neither numbers nor strings."""

    RED = 1


class Level(enum.IntEnum):
    """Its members are also numbers."""

    HIGH = 3


class Unprintable:
    """Raises when it is printed."""

    def __repr__(self) -> str:
        raise RuntimeError("not to be shown")


class Tagged(np.ndarray[Any, Any]):
    """A subclass of numpy's array."""


Pair = namedtuple("Pair", "left right")


def strange_values() -> dict[str, Any]:
    """Returns infos that cannot be sent, by key. One of them is the number 1. It could be sent, but its key cannot:
    the key contains half of a surrogate pair."""
    endless: list[Any] = []
    endless.append(endless)
    endless_dict: dict[str, Any] = {}
    endless_dict["inner"] = endless_dict
    deep: Any = 1
    for _ in range(29):
        deep = [deep]
    return {
        "enum": Colour.RED,
        "datetime": datetime.datetime(2026, 1, 1),
        "set": {1, 2},
        "set of a long int": {10**5000},
        "complex": 1 + 2j,
        "object": object(),
        "function": lambda: 0,
        "unprintable": Unprintable(),
        "local": type("Local", (), {})(),
        "masked": np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        "unmasked": np.ma.masked_array([1.0, 2.0]),
        "the masked constant": np.ma.masked,
        "matrix": np.zeros((1, 1)).view(np.matrix),
        "tagged": np.zeros(2).view(Tagged),
        "record": np.zeros(1, [("x", "f8")]).view(np.recarray),
        "void": np.zeros(1, [("x", "f8")])[0],
        "date": np.datetime64("2026-01-01"),
        "dates": np.array(["2026-01-01"], "M8[D]"),
        "bytes array": np.array([b"a"]),
        "objects": np.array([object()], dtype=object),
        "nested": {"inner": [np.ma.masked_array([1.0], mask=[True])]},
        "key of a dict": {Colour.RED: 1},
        "endless": endless,
        "endless_dict": endless_dict,
        "deep": deep,
        "half \ud83c pair": 1,
        "half pair": "\ud83c",
    }


def plain_values() -> dict[str, Any]:
    """Returns infos that can be sent. All except ``bytes`` are sent as values of their base types. ``default`` cannot
    be pickled."""
    return {
        "level": Level.HIGH,
        "pair": Pair(1, "two"),
        "ordered": OrderedDict(a=1),
        "default": defaultdict(lambda: 0, a=1),
        "string": np.str_("word"),
        "bytes": b"\x00",
    }


class Plain:
    """An object of this class cannot be sent: the contract has no kind of value for it."""

    def __repr__(self) -> str:
        return "object()"
