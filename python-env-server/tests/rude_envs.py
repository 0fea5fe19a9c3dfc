# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments whose steps call sys.exit, raise errors with unusual messages, or return wrong values. Load them with
``--import rude_envs``."""

import sys
from typing import Any

import gymnasium
import numpy as np
from faulty_envs import Observation, WellBehaved

_Step = tuple[Observation, Any, Any, bool, dict[str, Any]]


class Quits(WellBehaved):
    """Calls sys.exit in each step. If `at_once` is true, the constructor calls it too."""

    def __init__(self, at_once: bool = False) -> None:
        super().__init__()
        if at_once:
            self.leave()

    def leave(self) -> None:
        """Calls sys.exit."""
        sys.exit("enough")

    def step(self, action: Any) -> _Step:
        self.leave()
        return super().step(action)


class PanicException(BaseException):
    """Stands for the exception of a library in Rust, which does not derive from Exception."""


class Panics(WellBehaved):
    """Raises an exception that derives only from BaseException, in the method that `where` names: "make", "reset",
    "step", "panic" or "close"."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where
        self._panic_in("make")

    def panic(self) -> None:
        """Can raise the exception."""
        self._panic_in("panic")

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        self._panic_in("reset")
        return super().reset(seed=seed, options=options)

    def step(self, action: Any) -> _Step:
        self._panic_in("step")
        return super().step(action)

    def close(self) -> None:
        self._panic_in("close")

    def _panic_in(self, method: str) -> None:
        if self._where == method:
            raise PanicException("index out of bounds")


class LongUnicode(WellBehaved):
    """Raises an error with a long message. Each character of the message has four bytes in UTF-8."""

    def step(self, action: Any) -> _Step:
        raise RuntimeError("\U0001f3d4" * 100_000)


class HalfPair(WellBehaved):
    """Raises an error whose message is not valid Unicode."""

    def step(self, action: Any) -> _Step:
        raise RuntimeError("\udc80")


class WordReward(WellBehaved):
    """Returns a string as the reward."""

    def step(self, action: Any) -> _Step:
        observation, _, terminated, truncated, info = super().step(action)
        return observation, "a lot", terminated, truncated, info


class TwoRewards(WellBehaved):
    """Returns two rewards."""

    def step(self, action: Any) -> _Step:
        observation, _, terminated, truncated, info = super().step(action)
        return observation, np.zeros(2), terminated, truncated, info


class TwoFlags(WellBehaved):
    """Returns two flags as `terminated`."""

    def step(self, action: Any) -> _Step:
        observation, reward, _, truncated, info = super().step(action)
        return observation, reward, np.zeros(2, dtype=np.bool_), truncated, info


for _kind in (Quits, Panics, LongUnicode, HalfPair, WordReward, TwoRewards, TwoFlags):
    gymnasium.register(f"Rude/{_kind.__name__}-v0", f"{__name__}:{_kind.__name__}")
