# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Features of the installed Gymnasium that an older supported version may lack."""

import inspect
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

# In Gymnasium 1.2 every Discrete space has the dtype int64.
HAS_DISCRETE_DTYPES = "dtype" in inspect.signature(spaces.Discrete).parameters
SMALL_INTEGERS: list[Any] = [np.int32, np.uint8] if HAS_DISCRETE_DTYPES else []


def _has_graphs_of_any_spaces() -> bool:
    try:
        spaces.Graph(spaces.MultiBinary(2), None)
    except AssertionError:
        return False
    return True


# Before Gymnasium 1.4, the node space and the edge space of a Graph can only be Box or Discrete.
HAS_GRAPHS_OF_ANY_SPACES = _has_graphs_of_any_spaces()
TAXI = "Taxi-v4" if "Taxi-v4" in gymnasium.registry else "Taxi-v3"


def has_wrapper(name: str) -> bool:
    """Returns whether there is a wrapper of this name."""
    return hasattr(gymnasium.wrappers, name)
