# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Spaces of every kind that Gymnasium has, with many dtypes and nestings."""

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
from gymnasium_at_hand import HAS_GRAPHS_OF_ANY_SPACES, SMALL_INTEGERS

PLAIN_SPACES: list[Space[Any]] = [
    Discrete(1),
    Discrete(3),
    Discrete(5, start=-2),
    *(Discrete(5, start=3, dtype=dtype) for dtype in SMALL_INTEGERS),
    Box(-1.0, 1.0, (3,), np.float32),
    Box(-np.inf, np.inf, (2, 2), np.float64),
    Box(0.0, np.inf, (2, 1), np.float32),
    Box(-np.inf, 0.0, (2, 1), np.float32),
    Box(np.array([-1.0, -np.inf, 0.0, -np.inf]), np.array([np.inf, 2.0, 0.5, np.inf]), dtype=np.float64),
    Box(-1.0, 1.0, (2,), np.float16),
    Box(0, 1, (), np.float32),
    Box(0, 5, (), np.int32),
    Box(0, 255, (4, 4, 3), np.uint8),
    Box(-5, 5, (2,), np.int8),
    Box(-(2**63), 2**63 - 1, (2,), np.int64),
    Box(-np.inf, 3, (2,), np.int32),
    Box(0, 1000, (1, 2), np.uint16),
    Box(0, 1, (2,), np.bool_),
    Box(0, 1, (0, 2), np.float64),
    MultiDiscrete([2, 3]),
    MultiDiscrete(np.array([[2, 3], [4, 5]])),
    MultiDiscrete(np.array([[2, 3], [4, 5]]), start=np.array([[-1, 0], [7, 8]]), dtype=np.int32),
    MultiDiscrete([3, 200], dtype=np.uint8),
    MultiBinary(4),
    MultiBinary([4]),
    MultiBinary([2, 3]),
    Text(6),
    Text(6, min_length=6),
    Text(4, min_length=0, charset="zyxABC"),
    Text(3, charset="äß\U0001f3d4"),
]

NESTED_SPACES: list[Space[Any]] = [
    Tuple([]),
    Tuple([Discrete(5), Discrete(4, start=2)]),
    Tuple([Discrete(5), Box(0, 255, (3,), np.uint8), MultiBinary(2), Text(3)]),
    Tuple([Box(-1, 1, (2,)), Tuple([Discrete(2), Tuple([MultiDiscrete([2, 2])])])]),
    Dict({}),
    Dict(zeta=Discrete(3), alpha=Box(-1, 1, (2,), np.float64)),
    Dict([(2, Discrete(2)), ("one", MultiBinary([1, 2])), (1, Text(2))]),  # type: ignore[list-item]
    Dict(inner=Dict(b=Discrete(2), a=Tuple([Discrete(2), Text(4)])), outer=Box(0, 1, (1,))),
    Dict(camera=Box(0, 255, (2, 2, 3), np.uint8), inventory=Sequence(Discrete(9)), mode=OneOf([Discrete(2), Text(2)])),
    Sequence(Discrete(4)),
    Sequence(Box(0, 1, (2,), np.float32)),
    Sequence(Text(4)),
    Sequence(Dict(a=Discrete(2), b=Box(0, 1, (1,)))),
    Sequence(Sequence(Discrete(3))),
    Sequence(Box(0, 1, (2, 2), np.float32), stack=True),
    Sequence(Discrete(4, start=3), stack=True),
    *(Sequence(Discrete(4, start=3, dtype=dtype), stack=True) for dtype in SMALL_INTEGERS),
    Sequence(MultiBinary(2), stack=True),
    Sequence(Dict(a=Discrete(2), b=Text(3)), stack=True),
    Sequence(Tuple([Box(0, 1, (1,)), Tuple([Discrete(2)])]), stack=True),
    Sequence(Text(3), stack=True),
    Graph(Box(-1, 1, (2, 3)), Discrete(5)),
    Graph(Discrete(3), Box(0, 5, (2,), np.int16)),
    Graph(Box(-1, 1, (1,), np.float64), None),
    Graph(Discrete(4), None),
    OneOf([Discrete(3)]),
    OneOf([Discrete(3), Box(-1, 1, (2,)), Tuple([Text(2), MultiBinary(3)])]),
    OneOf([OneOf([Discrete(2), Discrete(3)]), Graph(Discrete(2), Discrete(2)), Sequence(Discrete(2))]),
    Tuple([Graph(Box(-1, 1, (2,)), Box(0, 1, (1,))), Sequence(OneOf([Discrete(2), Text(1)])), Dict(k=MultiBinary(1))]),
]

if HAS_GRAPHS_OF_ANY_SPACES:
    NESTED_SPACES += [
        Graph(MultiBinary(3), MultiDiscrete([2, 3])),
        Graph(Dict(a=Discrete(4, start=-1), b=Box(0, 1, (2,))), Tuple([Text(3), Discrete(2)])),
        Graph(Sequence(Discrete(3)), OneOf([Discrete(3), Box(-1, 1, (2,))])),
        Graph(Graph(Box(0, 1, (2,)), Discrete(3)), None),
    ]

ALL_SPACES = PLAIN_SPACES + NESTED_SPACES
