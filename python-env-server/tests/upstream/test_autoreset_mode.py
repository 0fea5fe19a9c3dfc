# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""These tests are rewritten from Gymnasium's tests/vector/test_autoreset_mode.py."""

from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode

from gymwire.client import RemoteVectorEnv
from upstream.conftest import Vectoriser
from upstream.spaces import IDS, SPACES

ACTIONS = [1, 2, 3]
MODES = list(AutoresetMode)


def counting(vectoriser: Vectoriser, mode: AutoresetMode) -> RemoteVectorEnv:
    """Makes three counting environments with episodes of 2, 3 and 3 steps, and resets them."""
    envs = vectoriser("Upstream/Counting-v0", 3, autoreset_mode=mode)
    assert envs.metadata["autoreset_mode"] is mode
    envs.set_attr("max_count", [2, 3, 3])
    observations, infos = envs.reset()
    assert observations.tolist() == [0, 0, 0]
    assert infos == {}
    return envs


def expect(envs: RemoteVectorEnv, observations: list[int], rewards: list[int], ended: list[int]) -> dict[str, Any]:
    """Makes a step and compares its result; `ended` has 0 or 1 for each environment. Returns the infos."""
    actual, actual_rewards, terminated, truncated, infos = envs.step(ACTIONS)
    assert actual.tolist() == observations
    assert actual_rewards.tolist() == rewards
    assert terminated.tolist() == [flag == 1 for flag in ended]
    assert truncated.tolist() == [False, False, False]
    return infos


def test_autoreset_next_step(vectoriser: Vectoriser) -> None:
    envs = counting(vectoriser, AutoresetMode.NEXT_STEP)
    assert expect(envs, [1, 1, 1], [1, 2, 3], [0, 0, 0]) == {}
    assert expect(envs, [2, 2, 2], [1, 2, 3], [1, 0, 0]) == {}
    assert expect(envs, [0, 3, 3], [0, 2, 3], [0, 1, 1]) == {}
    assert expect(envs, [1, 0, 0], [1, 0, 0], [0, 0, 0]) == {}


def test_autoreset_within_step(vectoriser: Vectoriser) -> None:
    envs = counting(vectoriser, AutoresetMode.SAME_STEP)
    assert expect(envs, [1, 1, 1], [1, 2, 3], [0, 0, 0]) == {}
    assert_finals(expect(envs, [0, 2, 2], [1, 2, 3], [1, 0, 0]), [2, None, None])
    assert_finals(expect(envs, [1, 0, 0], [1, 2, 3], [0, 1, 1]), [None, 3, 3])
    assert_finals(expect(envs, [0, 1, 1], [1, 2, 3], [1, 0, 0]), [2, None, None])


def assert_finals(infos: dict[str, Any], observations: list[int | None]) -> None:
    mask = np.array([observation is not None for observation in observations])
    assert list(infos["final_obs"]) == observations
    assert data_equivalence(infos["_final_obs"], mask)
    assert infos["final_info"] == {}
    assert data_equivalence(infos["_final_info"], mask)


def test_autoreset_disabled(vectoriser: Vectoriser) -> None:
    envs = counting(vectoriser, AutoresetMode.DISABLED)
    assert expect(envs, [1, 1, 1], [1, 2, 3], [0, 0, 0]) == {}
    assert expect(envs, [2, 2, 2], [1, 2, 3], [1, 0, 0]) == {}
    observations, infos = envs.reset(options={"reset_mask": np.array([True, False, False])})
    assert observations.tolist() == [0, 2, 2]
    assert infos == {}
    assert expect(envs, [1, 3, 3], [1, 2, 3], [0, 1, 1]) == {}
    observations, infos = envs.reset(options={"reset_mask": np.array([False, True, True])})
    assert observations.tolist() == [1, 0, 0]
    assert expect(envs, [2, 1, 1], [1, 2, 3], [1, 0, 0]) == {}


@pytest.mark.parametrize("mode", MODES)
def test_autoreset_metadata(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    for written in (mode, mode.value):
        envs = vectoriser("CartPole-v1", 2, autoreset_mode=written)
        assert envs.metadata["autoreset_mode"] is mode
        envs.close()


@pytest.mark.parametrize("index", range(len(SPACES)), ids=IDS)
def test_same_step_final_obs(address: str, index: int) -> None:
    envs = RemoteVectorEnv(
        "Upstream/Sampling-v0", 3, address=address, autoreset_mode=AutoresetMode.SAME_STEP, index=index
    )
    envs.reset()
    actions = envs.action_space.sample()
    envs.step(actions)
    envs.reset(seed=0)
    envs.step(actions)
    infos = envs.step(actions)[-1]
    assert "final_obs" not in infos
    observations, _, terminated, _, infos = envs.step(actions)
    assert terminated.all()
    assert infos["_final_obs"].all()
    assert all(final in envs.single_observation_space for final in infos["final_obs"])
    assert observations in envs.observation_space
    envs.close()
