# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments, most of them with a fault. Most of the faults begin after 20 good steps, counted over all episodes.
Load the environments with ``--import faulty_envs``."""

import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

GOOD_STEPS = 20

Observation = npt.NDArray[np.float64]


class WellBehaved(gymnasium.Env[Observation, Any]):
    """Walks along a line. The action 1 adds 0.1 to the position, any other action subtracts 0.1. Each step has the
    reward 1. The faulty environments do the same until they fail."""

    def __init__(self) -> None:
        self.observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
        self.action_space = spaces.Discrete(2)
        self._steps = 0
        self._position = 0.0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        super().reset(seed=seed)
        self._position = float(self.np_random.uniform(-0.05, 0.05))
        return self._observe(), {}

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        self._steps += 1
        self._position += 0.1 if action == 1 else -0.1
        return self._observe(), 1.0, abs(self._position) > 2.0, False, {}

    def _observe(self) -> Observation:
        return np.array([self._position, self._steps], dtype=np.float64)

    def _is_faulty(self) -> bool:
        return self._steps > GOOD_STEPS


class RaisesInStep(WellBehaved):
    """Raises in each step from its 21st step on."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        result = super().step(action)
        if self._is_faulty():
            raise RuntimeError("the motor is stuck")
        return result


class RaisesInReset(WellBehaved):
    """Raises in each reset after its 20th step."""

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        if self._steps >= GOOD_STEPS:
            raise RuntimeError("the motor does not start")
        return super().reset(seed=seed, options=options)


class RaisesInClose(WellBehaved):
    """Raises when it is closed."""

    def close(self) -> None:
        raise RuntimeError("the motor does not stop")


class Hangs(WellBehaved):
    """Does not return from its 21st step. In this step, it creates the file `sign`, if the caller gave one."""

    def __init__(self, sign: str = "") -> None:
        super().__init__()
        self._sign = sign

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        result = super().step(action)
        if self._is_faulty() and self._sign:
            Path(self._sign).touch()
        while self._is_faulty():
            time.sleep(0.05)
        return result


class SlowStart(WellBehaved):
    """The constructor takes three seconds."""

    def __init__(self) -> None:
        super().__init__()
        time.sleep(3.0)


class SlowSteps(WellBehaved):
    """Needs four seconds for each step."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        time.sleep(4.0)
        return super().step(action)


class NanObservation(WellBehaved):
    """Returns observations with a NaN from its 21st step on."""

    def _observe(self) -> Observation:
        observation = super()._observe()
        if self._is_faulty():
            observation[0] = np.nan
        return observation


class WrongShape(WellBehaved):
    """Returns observations with one number too many from its 21st step on."""

    def _observe(self) -> Observation:
        observation = super()._observe()
        return np.append(observation, 0.0) if self._is_faulty() else observation


class NanReward(WellBehaved):
    """Returns the reward NaN from its 21st step on."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, np.nan if self._is_faulty() else reward, terminated, truncated, info


class HugeReward(WellBehaved):
    """Returns the reward 1e300 from its 21st step on: it is finite, but its square is not."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, 1e300 if self._is_faulty() else reward, terminated, truncated, info


class TextActions(WellBehaved):
    """Takes words as actions. The agent has no distribution for words. This environment never fails."""

    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.Text(5)


class MultiDiscreteActions(WellBehaved):
    """Takes two numbers as one action. This environment never fails."""

    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.MultiDiscrete([2, 3])

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        return super().step(action[0])


class StrangeInfo(WellBehaved):
    """Prints to standard output in each step. From its 21st step on, the infos of its steps contain an object that
    cannot be sent."""

    def step(self, action: Any) -> tuple[Observation, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, _ = super().step(action)
        print("stepping")
        info = {"thing": {1j: 2}} if self._is_faulty() else {"thing": "a word"}
        return observation, reward, terminated, truncated, info


for _kind in (
    WellBehaved,
    RaisesInStep,
    RaisesInReset,
    RaisesInClose,
    Hangs,
    SlowStart,
    SlowSteps,
    NanObservation,
    NanReward,
    WrongShape,
    HugeReward,
    TextActions,
    MultiDiscreteActions,
    StrangeInfo,
):
    gymnasium.register(f"Faulty/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}", max_episode_steps=100)
