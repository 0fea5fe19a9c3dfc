# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Small environments with actions and observations of many kinds. Their best return is known, except in ShutDoors."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Space, Tuple

EPISODE = 5
"""The number of steps of an episode. It is also the best return, because the best reward of a step is 1."""


class _Target(gymnasium.Env[Any, Any]):
    """Shows the agent a target in each step. The reward measures how well the action reaches the target."""

    def __init__(self, observation_space: Space[Any], action_space: Space[Any]) -> None:
        self.observation_space = observation_space
        self.action_space = action_space

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._steps = 0
        return self._draw_target(), self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        reward = float(self._reward(action))
        self._steps += 1
        return self._draw_target(), reward, self._steps == EPISODE, False, self._info()

    def _draw_target(self) -> Any:
        """Draws a target and keeps it; returns the observation."""
        raise NotImplementedError

    def _reward(self, action: Any) -> float:
        raise NotImplementedError

    def _info(self) -> dict[str, Any]:
        return {}


class Digits(_Target):
    """MultiDiscrete: the agent must choose the digits that it observes."""

    def __init__(self) -> None:
        super().__init__(MultiDiscrete([3, 4, 2]), MultiDiscrete([3, 4, 2]))

    def _draw_target(self) -> Any:
        self._digits = self.np_random.integers([3, 4, 2])
        return self._digits.copy()

    def _reward(self, action: Any) -> float:
        return np.mean(action == self._digits)


class Bits(_Target):
    """MultiBinary: the agent must invert the bits that it observes."""

    def __init__(self) -> None:
        super().__init__(MultiBinary(5), MultiBinary(5))

    def _draw_target(self) -> Any:
        self._bits = self.np_random.integers(2, size=5, dtype=np.int8)
        return self._bits.copy()

    def _reward(self, action: Any) -> float:
        return np.mean(action != self._bits)


class Arm(_Target):
    """Dict actions, nested Dict observations: the hand must reach a goal, and gripper and fingers must fit the task."""

    def __init__(self) -> None:
        plane = Box(-1.0, 1.0, (2,), np.float32)
        super().__init__(
            Dict({"arm": Dict({"goal": plane, "hand": plane}), "task": Tuple((Discrete(3), MultiBinary(2)))}),
            Dict({"gripper": Discrete(3), "move": Box(-2.0, 2.0, (2,), np.float32), "fingers": MultiBinary(2)}),
        )

    def _draw_target(self) -> Any:
        self._goal, self._hand = self.np_random.uniform(-1, 1, (2, 2)).astype(np.float32)
        self._wanted = int(self.np_random.integers(3))
        self._fingers = self.np_random.integers(2, size=2, dtype=np.int8)
        return {
            "arm": {"goal": self._goal.copy(), "hand": self._hand.copy()},
            "task": (np.int64(self._wanted), self._fingers.copy()),
        }

    def _reward(self, action: Any) -> float:
        missed = float(np.sum((self._hand + action["move"] - self._goal) ** 2))
        return (
            0.3 * (action["gripper"] == self._wanted)
            + 0.3 * float(np.mean(action["fingers"] == self._fingers))
            + 0.4 * (1 - missed)
        )


class Doors(_Target):
    """Discrete with a mask in the info. An action for a shut door raises an error. One of the open doors is best."""

    def __init__(self) -> None:
        super().__init__(Discrete(6), Discrete(6, start=1))

    def _draw_target(self) -> Any:
        self._open = self.np_random.permutation(np.array([1, 1, 1, 0, 0, 0], np.int8))
        self._best = int(self.np_random.choice(np.flatnonzero(self._open)))
        return np.int64(self._best)

    def _reward(self, action: Any) -> float:
        if not self._open[action - 1]:
            raise ValueError(f"door {action} is shut")
        return float(action - 1 == self._best)

    def _info(self) -> dict[str, Any]:
        return {"open": self._open.copy()}


class ShutDoors(Doors):
    """Doors whose mask allows no action in one state of an episode, the state that follows the second step."""

    def _info(self) -> dict[str, Any]:
        return {"open": self._open * np.int8(self._steps != 2)}


class Levers(_Target):
    """MultiDiscrete with a mask as a part of the observation."""

    def __init__(self) -> None:
        super().__init__(Dict({"mask": Box(0, 1, (5,), np.int8), "seen": Box(-1.0, 1.0, (1,))}), MultiDiscrete([3, 2]))

    def _draw_target(self) -> Any:
        self._mask = np.ones(5, np.int8)
        self._mask[self.np_random.integers(3)] = 0
        self._mask[3 + self.np_random.integers(2)] = 0
        return {"mask": self._mask.copy(), "seen": self.np_random.uniform(-1, 1, 1).astype(np.float32)}

    def _reward(self, action: Any) -> float:
        if not self._mask[action[0]] or not self._mask[3 + action[1]]:
            raise ValueError(f"one of the levers {action} is locked")
        # The best first element of an action is the highest of 0, 1 and 2 that is not locked. The second element does
        # not change the reward.
        return float(action[0] == np.flatnonzero(self._mask[:3])[-1])


for _name in ("Digits", "Bits", "Arm", "Doors", "ShutDoors", "Levers"):
    gymnasium.register(f"Spaces/{_name}-v0", entry_point=f"{__name__}:{_name}")
