# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A minimal example of a user's package with an environment and a wrapper. Its import registers ``tinylab/Walk-v0``."""

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

Observation = npt.NDArray[np.float64]


class Walk(gymnasium.Env[Observation, np.int64]):
    """A walk along a line from its middle to one of its ends. `length` is the distance from the middle to an end. The
    right end gives the reward `prize`. All other steps give the reward -0.01."""

    def __init__(self, length: float = 1.0, prize: float = 1.0, names: list[str] | None = None) -> None:
        if length <= 0:
            raise AssertionError
        self.observation_space = spaces.Box(-length, length, (2,), np.float64)
        self.action_space = spaces.Discrete(2)
        self._length = length
        self._prize = prize
        self._position = 0.0
        self.names = names

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Starts at a distance of at most 0.1 from the middle."""
        super().reset(seed=seed)
        self._position = float(self.np_random.uniform(-0.1, 0.1))
        return self._observe(), {}

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Moves by a tenth of `length`."""
        self._position += (0.1 if action == 1 else -0.1) * self._length
        ended = abs(self._position) >= self._length
        reward = self._prize if self._position >= self._length else -0.01
        return self._observe(), reward, ended, False, {}

    def _observe(self) -> Observation:
        return np.clip(np.array([self._position, -self._position]), -self._length, self._length)


class Shift(gymnasium.RewardWrapper[Observation, np.int64]):
    """Adds a constant to each reward."""

    def __init__(self, env: gymnasium.Env[Observation, np.int64], by: float = 0.0) -> None:
        super().__init__(env)
        self._by = by

    def reward(self, reward: Any) -> float:
        """Returns the shifted reward."""
        return float(reward) + self._by


gymnasium.register("tinylab/Walk-v0", entry_point="tinylab:Walk", max_episode_steps=50)
