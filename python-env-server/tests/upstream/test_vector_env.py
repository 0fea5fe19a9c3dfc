# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Rewritten from Gymnasium's tests/vector/test_vector_env.py."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.client import InvalidActionError, RemoteVectorEnv
from upstream.compare import assert_identical
from upstream.conftest import Vectoriser
from upstream.envs import Sampling
from upstream.spaces import IDS, SPACES, holds_text


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_vector_env_equal(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    local: Any = SyncVectorEnv([lambda: gymnasium.make("CartPole-v1")] * 4, autoreset_mode=mode)
    envs = vectoriser("CartPole-v1", 4, autoreset_mode=mode)
    assert envs.num_envs == local.num_envs
    for name in ("observation_space", "single_observation_space", "action_space", "single_action_space"):
        assert getattr(envs, name) == getattr(local, name)
    assert_identical(envs.reset(seed=0), local.reset(seed=0))
    envs.action_space.seed(0)
    for _ in range(100):
        actions = envs.action_space.sample()
        assert_identical(envs.step(actions), local.step(actions))


@pytest.mark.parametrize("index", range(len(SPACES)), ids=IDS)
def test_vector_obs_action_spaces(address: str, index: int) -> None:
    envs = RemoteVectorEnv("Upstream/Sampling-v0", 3, address=address, index=index)
    local: Any = SyncVectorEnv([lambda: Sampling(index)] * 3)
    assert envs.observation_space == envs.action_space == local.observation_space
    received: list[Any] = [envs.reset(seed=1)]
    expected: list[Any] = [local.reset(seed=1)]
    envs.action_space.seed(2)
    for _ in range(6):
        actions = envs.action_space.sample()
        assert actions in envs.action_space
        received.append(envs.step(actions))
        expected.append(local.step(actions))
    assert all(result[0] in envs.observation_space for result in received)
    if not holds_text(SPACES[index]):
        assert_identical(received, expected)
    envs.close()


def test_final_obs_info(vectoriser: Vectoriser) -> None:
    envs = vectoriser("Upstream/Echo-v0", 1)
    observations, infos = envs.reset()
    assert observations.tolist() == [0]
    assert data_equivalence(infos, {"reset": np.array([True]), "_reset": np.array([True])})
    for action, ended in ((1, False), (2, False), (3, True)):
        observations, _, terminated, _, infos = envs.step([action])
        assert observations.tolist() == [action % 3]
        assert terminated.tolist() == [ended]
        assert data_equivalence(infos, {"action": np.array([action]), "_action": np.array([True])})
    observations, rewards, terminated, _, infos = envs.step([0])
    assert (observations.tolist(), rewards.tolist(), terminated.tolist()) == ([0], [0.0], [False])
    assert data_equivalence(infos, {"reset": np.array([True]), "_reset": np.array([True])})


def test_random_seeding_basics(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 4)
    envs.reset(seed=42)
    assert envs.np_random_seed == (42, 43, 44, 45)
    envs.reset()
    assert envs.np_random_seed == (42, 43, 44, 45)


def test_random_seeds_set_at_retrieval(vectoriser: Vectoriser) -> None:
    assert len(set(vectoriser("CartPole-v1", 4).np_random_seed)) == 4


def test_partial_reset(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 3, autoreset_mode=AutoresetMode.DISABLED)
    first, _ = envs.reset(seed=[0, 1, 2])
    actions = np.array([0, 1, 1])
    for _ in range(3):
        last, *_ = envs.step(actions)
    options = {"reset_mask": np.array([True, True, False])}
    observations, _ = envs.reset(seed=[0, 1, 0], options=options)
    assert np.array_equal(observations[:2], first[:2])
    assert np.array_equal(observations[2], last[2])


def test_partial_reset_failure(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 3, autoreset_mode=AutoresetMode.DISABLED)
    with pytest.raises(AssertionError, match="in the first reset all"):
        envs.reset(options={"reset_mask": np.array([True, True, False])})
    envs.reset(options={"reset_mask": np.array([True, True, True])})
    # Gymnasium raises these errors from 1.4 on, and AssertionError before 1.4. Each of the client's errors is also an
    # AssertionError.
    masks: list[tuple[Any, type[Exception]]] = [
        (np.array([True]), ValueError),
        (np.array([True, True, False, False]), ValueError),
        (np.array([[True, True, True]]), ValueError),
        (np.array([1, 1, 0]), TypeError),
        (np.array([1.0, 1.0, 0.0]), TypeError),
        ([True, True, False], TypeError),
        (np.array([False, False, False]), ValueError),
    ]
    for mask, kind in masks:
        for expected in (kind, AssertionError):
            with pytest.raises(expected):
                envs.reset(options={"reset_mask": mask})
    for expected in (ValueError, AssertionError):
        with pytest.raises(expected):
            envs.reset(seed=[1, 2])
    envs.step(np.array([0, 1, 0]))


def test_action_count_compatibility(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 3)
    envs.reset(seed=0)
    for actions in ([0, 1], [0, 1, 0, 1], [], 0):
        with pytest.raises(InvalidActionError):
            envs.step(actions)
    assert envs.step([0, 1, 0])[1].tolist() == [1.0, 1.0, 1.0]
