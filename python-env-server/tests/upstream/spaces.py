# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Spaces of every kind and nesting that Gymnasium's tests use."""

from typing import Any

import numpy as np
from gymnasium.spaces import (
    Box,
    Dict,
    Discrete,
    Graph,
    MultiBinary,
    MultiDiscrete,
    OneOf,
    Sequence,
    Space,
    Text,
    Tuple,
)
from gymnasium_at_hand import HAS_DISCRETE_DTYPES

_UNIT = Box(0.0, 1.0)
_PAIR = Box(np.array([0.0, -3.0]), np.array([2.0, 7.0]), dtype=np.float64)

FUNDAMENTAL: list[Space[Any]] = [
    Discrete(4),
    Discrete(5, start=-2),
    Discrete(6, start=3, dtype=np.int32) if HAS_DISCRETE_DTYPES else Discrete(6, start=3),
    _UNIT,
    Box(0.0, np.inf, (2, 3)),
    Box(-np.inf, 0.0, (3, 1)),
    Box(0.0, np.inf, (1, 2)),
    _PAIR,
    Box(0, 255, (3, 2, 3), np.uint8),
    Box(np.array([0, 1, 0]), np.array([1, 1, 0]), dtype=np.bool_),
    Box(np.array([-np.inf, -np.inf, 5, -7]), np.array([np.inf, 3, np.inf, 7]), dtype=np.int32),
    Box(-2.0, 2.0, (2,), np.float16),
    MultiDiscrete([3, 2]),
    MultiDiscrete(np.array([[4, 2], [3, 5]])),
    MultiDiscrete([3, 2], start=[5, -5]),
    MultiDiscrete(np.array([[4, 2], [3, 5]]), start=np.array([[1, 2], [-3, 4]])),
    MultiDiscrete([3, 4], dtype=np.int8),
    MultiDiscrete([3, 4], dtype=np.uint16),
    MultiBinary(7),
    MultiBinary([3, 2]),
    Text(5),
    Text(min_length=2, max_length=4),
    Text(5, charset="xyz01"),
]

COMPOSITE: list[Space[Any]] = [
    Tuple((Discrete(3), Discrete(6))),
    Tuple((Discrete(3), _PAIR)),
    Tuple((Discrete(4), Tuple((Box(0.0, 1.0, (2,)), Discrete(3))))),
    Tuple((Discrete(4), Dict(place=_UNIT, speed=Discrete(3)))),
    Tuple((Graph(Box(-1, 1, (3, 1)), None), Discrete(3))),
    Dict({"place": Discrete(4), "speed": _PAIR}),
    Dict(speed=_PAIR, place=Discrete(4)),
    Dict({"m": Box(0, 1, (2, 2)), "inner": Dict({"u": Box(-9, 9, (3,)), "v": Box(-1, 1, (1,))}), "k": Discrete(3)}),
    Dict(
        deep=Dict(graph=Graph(Box(-9, 9, (2, 1)), None), matrix=Box(-9, 9, (1, 3))),
        both=Tuple((Box(-9, 9, (3,)), Box(-9, 9, (1,)))),
    ),
    Graph(Box(-1, 1, (3,)), None),
    Graph(Box(-9, 9, (2, 3)), Discrete(4)),
    Graph(Discrete(6), Box(-9, 9, (2, 3))),
    Graph(Discrete(4), Discrete(3)),
    Sequence(Discrete(5)),
    Sequence(Dict({"item": Box(0, 1, (2,))})),
    Sequence(Graph(Box(-9, 9, (2, 1)), Discrete(3))),
    Sequence(Box(0.0, 1.0), stack=True),
    Sequence(Dict({"p": Box(0, 1, (2,)), "q": Discrete(4)}), stack=True),
    OneOf((Discrete(4), _UNIT)),
    OneOf((MultiBinary(3), MultiDiscrete([2, 4]))),
]

SPACES = FUNDAMENTAL + COMPOSITE
IDS = [f"{index:02d}-{type(space).__name__}" for index, space in enumerate(SPACES)]


def holds_text(space: Space[Any]) -> bool:
    """Returns whether a space is a Text. Before Gymnasium 1.4, two equal Text spaces can have different orders of
    their characters. The samples depend on this order."""
    return isinstance(space, Text)
