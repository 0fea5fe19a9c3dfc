# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""An environment whose observations have other dtypes than their space. Load it with ``--import loose_envs``."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from odd_envs import SPACES


class Simplex(spaces.Box):
    """The space of the pairs of numbers from 0 to 1 that have the sum 1."""

    def __init__(self, dtype: Any = np.float32) -> None:
        super().__init__(0.0, 1.0, (2,), dtype)

    def contains(self, x: Any) -> bool:
        """Returns whether `x` is in the Box and has the sum 1."""
        return super().contains(x) and bool(np.sum(x) == 1)


class Loose(gymnasium.Env[Any, Any]):
    """Its observations are in their space, but most parts have other dtypes. With `key`, an observation is only the
    part with this key. The reward is the first number of the action."""

    parts: dict[str, tuple[spaces.Space[Any], Any]] = {  # noqa: RUF012
        "bits": (spaces.MultiBinary(3), np.array([0.0, 1.0, 0.0])),
        "flag": (spaces.Discrete(2), True),
        "small": (SPACES["SmallNumber"], 2),
        "number": (spaces.Box(-1.0, 1.0, ()), 0.5),
        "box": (spaces.Box(-1.0, 1.0, (2,)), np.array([0.5, -0.25], np.float32)),
        "pair": (spaces.Tuple((spaces.MultiBinary(1), spaces.Discrete(2))), (np.ones(1), False)),
    }
    action_space: spaces.Space[Any] = Simplex()

    def __init__(self, key: str = "", dtype: str = "") -> None:
        space = spaces.Dict({key: space for key, (space, _) in self.parts.items()})
        self.observation_space = space[key] if key else space
        if dtype:
            self.action_space = Simplex(np.dtype(dtype))
        self._key = key

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return self._observation(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return self._observation(), float(action[0]), False, False, {}

    def _observation(self) -> Any:
        return self.parts[self._key][1] if self._key else {key: value for key, (_, value) in self.parts.items()}


gymnasium.register("Odd/Loose-v0", f"{__name__}:Loose", disable_env_checker=True)
