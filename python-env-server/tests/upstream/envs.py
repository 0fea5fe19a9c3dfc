# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Small environments for the tests in this folder. Load them with ``--import upstream.envs``."""

import copy
import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete, GraphInstance, Space

from upstream.spaces import SPACES

Reset = tuple[Any, dict[str, Any]]
Step = tuple[Any, Any, bool, bool, dict[str, Any]]


class Counting(gymnasium.Env[int, Any]):
    """The observation is the number of steps since the reset. The reward is the action. An episode has
    `max_count` steps."""

    observation_space: Space[Any] = Discrete(5)
    action_space: Space[Any] = Discrete(5)
    max_count = 4

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        self.count = 0
        return self.count, {}

    def step(self, action: Any) -> Step:
        self.count += 1
        return self.count, action, self.count == self.max_count, False, {}


class Sampling(gymnasium.Env[Any, Any]):
    """The observations are samples of a space. Actions that are not in the space are refused. An episode has
    `max_count` steps."""

    max_count = 3

    def __init__(self, index: int) -> None:
        # The spaces are copied, so that each environment draws from its own random generators.
        self.observation_space: Space[Any] = copy.deepcopy(SPACES[index])
        self.action_space: Space[Any] = copy.deepcopy(SPACES[index])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        if seed is not None:
            self.observation_space.seed(seed)
        self.count = 0
        return self.observation_space.sample(), {"options": options}

    def step(self, action: Any) -> Step:
        if action not in self.action_space:
            raise ValueError(f"{action!r} is not in {self.action_space}")
        self.count += 1
        return self.observation_space.sample(), 0, self.count == self.max_count, False, {"action": (action,)}


class Echo(gymnasium.Env[int, Any]):
    """The observation is the last action. It is 0 after a reset, and after the action 3, which ends the episode. The
    infos of resets and of steps have different keys."""

    observation_space: Space[Any] = Discrete(4)
    action_space: Space[Any] = Discrete(4)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        return 0, {"reset": True}

    def step(self, action: Any) -> Step:
        return int(action) % 3, 0, bool(action == 3), False, {"action": action}


class Failing(gymnasium.Env[int, Any]):
    """Fails in reset when its seed is 1, and in step when its action is not 0."""

    observation_space: Space[Any] = Discrete(2)
    action_space: Space[Any] = Discrete(3)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        if seed == 1:
            raise ValueError("Error in reset")
        return 0, {}

    def step(self, action: Any) -> Step:
        if action >= 1:
            raise ValueError(f"Error in step with {action}")
        return 0, 0, False, False, {}


class OwnError(Exception):
    """An exception of a class that the client does not know."""


class Breaking(Failing):
    """Raises an OwnError in step when its action is not 0."""

    def step(self, action: Any) -> Step:
        if action >= 1:
            raise OwnError(f"broken by {action}")
        return super().step(action)


class Slow(gymnasium.Env[int, Any]):
    """The action is the duration of a step in seconds. A reset with the option "slowly" takes 0.3 s."""

    observation_space: Space[Any] = Discrete(100)
    action_space: Space[Any] = Box(0.0, 1.0, ())

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        self.count = 0
        if options == {"slowly": True}:
            time.sleep(0.3)
        return self.count, {}

    def step(self, action: Any) -> Step:
        self.count += 1
        time.sleep(float(action))
        return self.count, 0.0, False, False, {}


class Infos(gymnasium.Env[int, Any]):
    """The infos contain values of many Python and numpy types that environments put into infos."""

    observation_space: Space[Any] = Discrete(50)
    action_space: Space[Any] = Discrete(4)
    metadata = {"render_modes": [], "words": ("a", 1, None), "scale": np.float32(0.5)}  # noqa: RUF012

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Reset:
        super().reset(seed=seed)
        self.count = 0
        return self.count, {"options": (options,), "generator": [self.np_random.bit_generator.state]}

    def step(self, action: Any) -> Step:
        self.count += 1
        return self.count, np.float32(0.25), self.count % 7 == 0, False, {**CONSTANTS, "step": self.count}


CONSTANTS: dict[str, Any] = {
    "none": None,
    "bool": True,
    "numpy bool": np.bool_(True),
    "int": 2**40,
    "float": 2.75,
    "infinity": float("-inf"),
    "float16": np.float16(1.5),
    "float64": np.float64(0.1),
    "uint64": np.uint64(2**64 - 1),
    "complex": np.complex64(1 - 2j),
    "string": "\u00e4\u4e2d",
    "bytes": b"\x00\xff",
    "empty": np.zeros((0, 3), np.float32),
    "scalar array": np.array(3, np.int16),
    "strings": np.array(["ab", "c"]),
    "objects": np.array([None, "x", 3], dtype=object),
    "list": [1, [2.0, ()], {}, -(2**127) + 1],
    "tuple": (1, (2, [3])),
    "dict": {"z": 1, "a": {2: (True, False), (1, "k"): None}},
    "graph": GraphInstance(np.ones((2, 1), np.float32), None, None),
}

for _kind in (Breaking, Counting, Echo, Failing, Slow, Infos):
    gymnasium.register(f"Upstream/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}", disable_env_checker=True)
gymnasium.register("Upstream/Sampling-v0", f"{__name__}:Sampling", disable_env_checker=True)
