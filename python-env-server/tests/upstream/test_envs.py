# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""These tests are rewritten from Gymnasium's tests/envs/test_envs.py. For each id, a remote environment gives the same
results as a local environment.

By default, each test makes few steps. For the tests that compare rollouts, the environment variable GYMWIRE_STEPS sets
the number of steps, for example 500.
"""

import os
import pickle
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.error import DependencyNotInstalled
from gymnasium.utils.env_checker import check_env
from gymnasium.utils.env_match import check_environments_match
from gymnasium.utils.passive_env_checker import env_step_passive_checker
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium_at_hand import TAXI

from gymwire.client import RemoteEnv, RemoteVectorEnv
from upstream.compare import assert_identical, wire_finals

STEPS = int(os.environ.get("GYMWIRE_STEPS", "25"))
# The time limit of an episode, in steps. It is low, so that several episodes end within STEPS.
LIMIT = 9

# The tests leave out environments that need mujoco-py or jax, and environments that other tests register. They also
# leave out Gymnasium's adapters for the old library Gym (GymV...), which are no environments.
_GYMNASIUMS = "gymnasium.envs."
_LEFT_OUT = ("phys2d/", "tabular/", "GymV")


def _makeable() -> list[str]:
    ids = []
    for env_id, spec in sorted(gymnasium.registry.items()):
        if str(spec.entry_point).startswith(_GYMNASIUMS) and not env_id.startswith(_LEFT_OUT):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    gymnasium.make(env_id).close()
                ids.append(env_id)
            except (DependencyNotInstalled, ImportError):
                continue
    return ids


IDS = _makeable()
# A few different environments. They are enough for tests whose result does not depend on the id.
SOME = ["CartPole-v1", "FrozenLake-v1", "Blackjack-v1", "Hopper-v5"]

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")


def make_local(env_id: str, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    return gymnasium.make(env_id, disable_env_checker=True, **kwargs)


def test_the_ids_include_classic_control_toy_text_and_mujoco() -> None:
    for env_id in ("CartPole-v1", TAXI, "Humanoid-v5"):
        assert env_id in IDS


@pytest.mark.parametrize("env_id", IDS)
def test_all_env_api(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address)
    check_env(env, skip_render_check=True)
    env.close()


@pytest.mark.parametrize("env_id", ["CartPole-v1", TAXI, "MountainCarContinuous-v0"])
def test_all_env_api_with_render(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address, render_mode="rgb_array")
    check_env(env)
    env.close()


@pytest.mark.parametrize("env_id", IDS)
def test_environments_match(address: str, env_id: str) -> None:
    local, remote = make_local(env_id, max_episode_steps=LIMIT), RemoteEnv(env_id, address, max_episode_steps=LIMIT)
    assert remote.observation_space == local.observation_space
    assert remote.metadata == {k: v for k, v in local.metadata.items() if k != "autoreset_mode"}
    check_environments_match(local, remote, STEPS, info_comparison="equivalence")
    local.close()
    remote.close()


@pytest.mark.parametrize("env_id", IDS)
def test_env_determinism_rollout(address: str, env_id: str) -> None:
    local, remote = make_local(env_id, max_episode_steps=LIMIT), RemoteEnv(env_id, address, max_episode_steps=LIMIT)
    assert_identical(remote.reset(seed=0), local.reset(seed=0))
    remote.action_space.seed(0)
    ends = 0
    for _ in range(STEPS):
        action = remote.action_space.sample()
        received, expected = remote.step(action), local.step(action)
        assert received[0] in remote.observation_space
        assert_identical(received, expected)
        if received[2] or received[3]:
            ends += 1
            # Without a seed, both random generators continue from their equal states.
            assert_identical(remote.reset(), local.reset())
    assert ends >= STEPS // LIMIT
    local.close()
    remote.close()


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize("env_id", IDS)
def test_vector_rollout(address: str, env_id: str, mode: AutoresetMode) -> None:
    compare_vectors(address, env_id, mode, "sync")


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize("env_id", SOME)
def test_async_vector_rollout(address: str, env_id: str, mode: AutoresetMode) -> None:
    compare_vectors(address, env_id, mode, "async")


def compare_vectors(address: str, env_id: str, mode: AutoresetMode, vectorization_mode: str) -> None:
    local: Any = SyncVectorEnv([lambda: make_local(env_id, max_episode_steps=LIMIT)] * 2, autoreset_mode=mode)
    remote = RemoteVectorEnv(
        env_id,
        2,
        address=address,
        max_episode_steps=LIMIT,
        autoreset_mode=mode,
        vectorization_mode=vectorization_mode,
    )
    assert remote.observation_space == local.observation_space
    assert remote.action_space == local.action_space
    # The seeds differ, so that the two episodes differ and can end at different steps.
    assert_identical(remote.reset(seed=[3, 11]), local.reset(seed=[3, 11]))
    remote.action_space.seed(0)
    ended = np.zeros(2, np.bool_)
    for _ in range(STEPS):
        if mode is AutoresetMode.DISABLED and ended.any():
            assert_identical(
                remote.reset(options={"reset_mask": ended}), local.reset(options={"reset_mask": ended.copy()})
            )
        actions = remote.action_space.sample()
        received, expected = remote.step(actions), wire_finals(local.step(actions))
        assert_identical(received, expected)
        ended = np.logical_or(received[2], received[3])
    local.close()
    remote.close()


@pytest.mark.parametrize("env_id", SOME)
def test_all_env_passive_env_checker(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address)
    env.reset(seed=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env_step_passive_checker(env, env.action_space.sample())
    assert [str(warning.message) for warning in caught] == []
    env.close()


@pytest.mark.parametrize("env_id", SOME)
def test_pickle_env(address: str, env_id: str) -> None:
    env = RemoteEnv(env_id, address)
    fresh = pickle.loads(pickle.dumps(env))
    assert_identical(fresh.reset(seed=1), env.reset(seed=1))
    env.action_space.seed(1)
    *_, terminated, _, _ = env.step(env.action_space.sample())
    if terminated:
        env.reset()
    copy = pickle.loads(pickle.dumps(env))
    action = env.action_space.sample()
    assert_identical(copy.step(action), env.step(action))
    for each in (env, fresh, copy):
        each.close()


@pytest.mark.parametrize(
    ("env_id", "mode"),
    [
        ("CartPole-v1", "rgb_array"),
        ("CartPole-v1", "rgb_array_list"),
        ("FrozenLake-v1", "ansi"),
        ("FrozenLake-v1", "rgb_array"),
        (TAXI, "ansi"),
        ("Pendulum-v1", "rgb_array"),
    ],
)
def test_render_modes(address: str, env_id: str, mode: str) -> None:
    local, remote = make_local(env_id, render_mode=mode), RemoteEnv(env_id, address, render_mode=mode)
    assert remote.render_mode == local.render_mode == mode
    local.reset(seed=0)
    remote.reset(seed=0)
    remote.action_space.seed(0)
    for _ in range(3):
        frame: Any = remote.render()
        expected: Any = local.render()
        assert_identical(frame, expected)
        assert len(frame) > 0
        action = remote.action_space.sample()
        *_, terminated, _, _ = remote.step(action)
        local.step(action)
        if terminated:
            assert_identical(remote.reset(), local.reset())
    local.close()
    remote.close()
