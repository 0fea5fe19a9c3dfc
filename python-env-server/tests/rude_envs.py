# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments whose steps go wrong in ways that no server expects. Load with ``--import rude_envs``."""

import sys
from typing import Any

import gymnasium
import numpy as np
from faulty_envs import Observation, WellBehaved

_Step = tuple[Observation, Any, Any, bool, dict[str, Any]]


class Quits(WellBehaved):
    """Ends the process, as it thinks."""

    def __init__(self, at_once: bool = False) -> None:
        super().__init__()
        if at_once:
            self.leave()

    def leave(self) -> None:
        """Ends the process."""
        sys.exit("enough")

    def step(self, action: Any) -> _Step:
        self.leave()
        return super().step(action)


class LongUnicode(WellBehaved):
    """Complains at length, in characters of four bytes."""

    def step(self, action: Any) -> _Step:
        raise RuntimeError("\U0001f3d4" * 100_000)


class HalfPair(WellBehaved):
    """Complains in what is no Unicode."""

    def step(self, action: Any) -> _Step:
        raise RuntimeError("\udc80")


class WordReward(WellBehaved):
    """Pays in words."""

    def step(self, action: Any) -> _Step:
        observation, _, terminated, truncated, info = super().step(action)
        return observation, "a lot", terminated, truncated, info


class TwoRewards(WellBehaved):
    """Pays twice."""

    def step(self, action: Any) -> _Step:
        observation, _, terminated, truncated, info = super().step(action)
        return observation, np.zeros(2), terminated, truncated, info


class NoFlag(WellBehaved):
    """Does not say clearly whether the episode has ended."""

    def step(self, action: Any) -> _Step:
        observation, reward, _, truncated, info = super().step(action)
        return observation, reward, np.zeros(2, dtype=np.bool_), truncated, info


for _kind in (Quits, LongUnicode, HalfPair, WordReward, TwoRewards, NoFlag):
    gymnasium.register(f"Rude/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}")
