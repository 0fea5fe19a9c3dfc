# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Rewritten from Gymnasium's tests/vector/test_vector_env_info.py."""

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from upstream.compare import assert_identical, wire_finals
from upstream.conftest import Vectoriser
from upstream.envs import Infos


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Hopper-v5", "FrozenLake-v1"])
def test_vector_return_info(vectoriser: Vectoriser, env_id: str) -> None:
    envs = vectoriser(env_id, 3, autoreset_mode=AutoresetMode.SAME_STEP)
    envs.reset(seed=42)
    envs.action_space.seed(42)
    ends = 0
    for _ in range(60):
        _, _, terminated, truncated, infos = envs.step(envs.action_space.sample())
        ended = np.logical_or(terminated, truncated)
        if not ended.any():
            assert "final_obs" not in infos
            continue
        ends += 1
        assert infos["_final_obs"].tolist() == infos["_final_info"].tolist() == ended.tolist()
        for i in range(3):
            assert (infos["final_obs"][i] is not None) == ended[i]
    assert ends


@pytest.mark.parametrize("concurrent_ends", [1, 2, 3])
def test_vector_env_info_concurrent_termination(vectoriser: Vectoriser, concurrent_ends: int) -> None:
    envs = vectoriser("CartPole-v1", 3, autoreset_mode=AutoresetMode.SAME_STEP)
    envs.reset(seed=[42, 42, 42])
    # The episodes with a push to the left in each step end first, all at the same step.
    left = np.arange(3) < concurrent_ends
    for step in range(100):
        _, _, terminated, _, infos = envs.step(np.where(left, 0, step % 2))
        if terminated.any():
            assert terminated.tolist() == infos["_final_obs"].tolist() == left.tolist()
            return
    raise AssertionError("no episode ended")


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_infos_are_built_as_gymnasium_builds_them(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    local: Any = SyncVectorEnv([Infos] * 2, autoreset_mode=mode)
    envs = vectoriser("Upstream/Infos-v0", 2, autoreset_mode=mode)
    assert_identical(envs.reset(seed=3), local.reset(seed=3))
    for _ in range(6):
        assert_identical(envs.step([0, 1]), local.step([0, 1]))
    if mode is not AutoresetMode.DISABLED:
        for _ in range(2):
            assert_identical(envs.step([0, 1]), wire_finals(local.step([0, 1])))
