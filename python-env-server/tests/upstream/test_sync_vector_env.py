# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""These tests are rewritten from Gymnasium's tests/vector/test_sync_vector_env.py. The fixture `vectoriser` runs most
of them with the vectorization modes "sync" and "async"."""

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete, MultiDiscrete
from gymnasium.vector import AutoresetMode
from gymnasium_at_hand import TAXI

from gymwire.client import RemoteVectorEnv
from upstream.conftest import Vectoriser


def test_create(vectoriser: Vectoriser) -> None:
    assert vectoriser("FrozenLake-v1", 4).num_envs == 4


def test_reset(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 4)
    observations, infos = envs.reset()
    assert isinstance(envs.observation_space, Box)
    assert observations.dtype == envs.observation_space.dtype
    assert observations.shape == envs.observation_space.shape == (4, 4)
    assert infos == {}


@pytest.mark.parametrize("from_single_space", [True, False])
def test_step(vectoriser: Vectoriser, from_single_space: bool) -> None:
    envs = vectoriser("FrozenLake-v1", 4)
    envs.reset()
    assert isinstance(envs.single_action_space, Discrete)
    assert isinstance(envs.action_space, MultiDiscrete)
    actions = [envs.single_action_space.sample() for _ in range(4)] if from_single_space else envs.action_space.sample()
    observations, rewards, terminated, truncated, _ = envs.step(actions)
    assert observations.dtype == envs.observation_space.dtype
    assert observations.shape == envs.observation_space.shape
    assert (rewards.dtype.name, rewards.shape) == ("float64", (4,))
    assert (terminated.dtype.name, terminated.shape) == ("bool", (4,))
    assert (truncated.dtype.name, truncated.shape) == ("bool", (4,))


def test_the_caller_may_keep_and_overwrite_observations(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 2)
    first, _ = envs.reset(seed=0)
    kept = first.copy()
    second, *_ = envs.step([0, 1])
    assert np.array_equal(first, kept)
    second[:] = 0.0


def test_render(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 3, render_mode="rgb_array")
    assert envs.render_mode == "rgb_array"
    envs.reset()
    frames = envs.render()
    assert isinstance(frames, tuple)
    assert [frame.shape for frame in frames] == [(400, 600, 3)] * 3
    assert vectoriser("CartPole-v1", 3).render_mode is None


def test_call(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 3, render_mode="rgb_array_list")
    envs.reset()
    images = envs.call("render")
    assert isinstance(images, tuple)
    assert [len(image) for image in images] == [1, 1, 1]
    assert all(isinstance(image[0], np.ndarray) for image in images)
    assert envs.call("gravity") == (9.8, 9.8, 9.8)


def test_set_attr(vectoriser: Vectoriser) -> None:
    envs = vectoriser("CartPole-v1", 4)
    envs.set_attr("gravity", [9.81, 3.72, 8.87, 1.62])
    assert envs.get_attr("gravity") == (9.81, 3.72, 8.87, 1.62)
    envs.set_attr("gravity", 1.5)
    assert envs.get_attr("gravity") == (1.5, 1.5, 1.5, 1.5)
    with pytest.raises(ValueError, match="4 values"):
        envs.set_attr("gravity", [9.81, 3.72])


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1", "HalfCheetah-v5", TAXI])
def test_action_spaces_with_the_same_seed_draw_the_same_actions(address: str, env_id: str) -> None:
    twins = [RemoteVectorEnv(env_id, 3, address=address) for _ in range(2)]
    for envs in twins:
        envs.action_space.seed(123)
    for _ in range(20):
        first, second = (envs.action_space.sample() for envs in twins)
        assert np.array_equal(first, second)
    for envs in twins:
        envs.close()


def test_metadata_is_the_environments_metadata_and_the_sessions_autoreset_mode(address: str) -> None:
    """In Gymnasium before 1.4, a sync vector environment writes its autoreset mode into the `metadata` that all
    environments of one class share. The client's metadata must contain the mode of its own session."""
    envs = RemoteVectorEnv("Acrobot-v1", 2, address=address, autoreset_mode="SameStep")
    again = RemoteVectorEnv("Acrobot-v1", 2, address=address, autoreset_mode="Disabled")
    local = gymnasium.make("Acrobot-v1")
    assert envs.metadata == {**local.metadata, "autoreset_mode": AutoresetMode.SAME_STEP}
    assert again.metadata["autoreset_mode"] is AutoresetMode.DISABLED
    envs.close()
    again.close()
