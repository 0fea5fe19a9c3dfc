# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Rewritten from Gymnasium's tests/envs/test_action_dim_check.py."""

import numpy as np
import pytest
from gymnasium.error import InvalidAction
from gymnasium_at_hand import TAXI

from gymwire.client import InvalidActionError, RemoteEnv

MUJOCO = ["Ant-v5", "HalfCheetah-v5", "Hopper-v5", "Humanoid-v5", "InvertedPendulum-v5", "Reacher-v5", "Swimmer-v5"]
DISCRETE = [
    "Acrobot-v1",
    "CartPole-v1",
    "MountainCar-v0",
    "FrozenLake-v1",
    "Blackjack-v1",
    "CliffWalking-v1",
    TAXI,
]


@pytest.mark.parametrize("env_id", MUJOCO)
def test_mujoco_action_dimensions(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address)
    env.reset(seed=0)
    good = env.action_space.sample()
    for action in (good[1:], np.append(good, 0).astype(np.float32), 0.1, good[np.newaxis], good[:, np.newaxis], None):
        with pytest.raises(ValueError, match=r"must be float32|does not lie in"):
            env.step(action)
    env.step(good)
    env.close()


@pytest.mark.parametrize("env_id", DISCRETE)
def test_discrete_actions_out_of_bound(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address)
    env.reset(seed=0)
    space = env.action_space
    for action in (space.start + space.n, space.start - 1, 0.5, "0", [0]):  # type: ignore[attr-defined]
        with pytest.raises(InvalidAction):
            env.step(action)
    env.step(space.sample())
    env.close()


@pytest.mark.parametrize("env_id", ["Pendulum-v1", "MountainCarContinuous-v0", "Hopper-v5"])
def test_box_actions_out_of_bound(address: str, env_id: str) -> None:
    """Gymnasium's environments accept such actions; the server refuses them and makes no step."""
    env, twin = RemoteEnv(env_id, address), RemoteEnv(env_id, address)
    env.reset(seed=42)
    twin.reset(seed=42)
    high = env.action_space.high  # type: ignore[attr-defined]
    for action in (high + 100, -high - 100, np.full_like(high, np.nan), np.full_like(high, np.inf)):
        with pytest.raises(InvalidActionError, match=r"must lie between|does not lie in|outside"):
            env.step(action)
    assert np.array_equal(env.step(high)[0], twin.step(high)[0])
    env.close()
    twin.close()
