# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The server reports seeds that reproduce its episodes, and big seeds work like small seeds."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from gymwire.client import RemoteEnv, RemoteVectorEnv
from upstream.compare import assert_identical
from upstream.conftest import Vectoriser
from upstream.test_envs import IDS, make_local

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

BIG = [2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**100 + 12345, 2**128 - 1]


@pytest.mark.parametrize("env_id", IDS)
def test_a_drawn_seed_reproduces_the_episode(address: str, env_id: str) -> None:
    remote, local = RemoteEnv(env_id, address), make_local(env_id)
    first = remote.reset()
    seed = remote.np_random_seed
    assert 0 <= seed < 2**128
    assert_identical(first, local.reset(seed=seed))
    assert local.unwrapped.np_random_seed == seed
    remote.action_space.seed(0)
    for _ in range(10):
        action = remote.action_space.sample()
        received = remote.step(action)
        assert_identical(received, local.step(action))
        if received[2] or received[3]:
            assert_identical(remote.reset(), local.reset())
            assert remote.np_random_seed == seed
    for each in (remote, local):
        each.close()


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.name)
def test_the_drawn_seeds_of_a_vector_reproduce_its_episodes(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    envs = vectoriser("CartPole-v1", 3, autoreset_mode=mode)
    first = envs.reset()
    seeds = envs.np_random_seed
    assert len(set(seeds)) == 3
    local: Any = SyncVectorEnv([lambda: gymnasium.make("CartPole-v1")] * 3, autoreset_mode=mode)
    assert_identical(first, local.reset(seed=list(seeds)))
    envs.reset()
    assert envs.np_random_seed == seeds
    again = vectoriser("CartPole-v1", 3, autoreset_mode=mode)
    assert_identical(again.reset(seed=list(seeds)), first)
    assert again.np_random_seed == seeds


def test_the_clients_random_generator_has_the_drawn_seed(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address)
    assert env.np_random_seed == -1
    env.reset()
    expected, _ = seeding.np_random(env.np_random_seed)
    assert env.np_random.random() == expected.random()
    # A reset without a seed does not restart the random generator.
    env.reset()
    assert env.np_random.random() == expected.random()
    env.reset(seed=3)
    assert env.np_random_seed == 3
    assert env.np_random.random() == seeding.np_random(3)[0].random()
    wrapped = gymnasium.wrappers.RecordEpisodeStatistics(env)
    assert wrapped.np_random_seed == 3
    env.close()


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_reading_the_seed_draws_no_seed(address: str, mode: str) -> None:
    envs = RemoteVectorEnv("Odd/Unseeded-v0", 2, address=address, vectorization_mode=mode)
    envs.reset()
    assert envs.np_random_seed == (-1, -1)
    envs.step(np.array([0, 0]))
    envs.reset()
    assert envs.np_random_seed == (-1, -1)
    for _ in range(2):
        drawn = envs.step(np.array([0, 0]))[0]
    envs.reset()
    seeds = envs.np_random_seed
    assert drawn.tolist() == [seeding.np_random(seed)[0].random() for seed in seeds]
    envs.close()


def test_an_unknown_seed_is_minus_one(address: str) -> None:
    env = RemoteEnv("Odd/Unseeded-v0", address, own=True)
    env.reset(seed=5)
    assert env.np_random_seed == -1
    assert env.np_random.random() >= 0
    assert env.np_random_seed == -1
    env.close()


def test_a_restored_environment_has_the_snapshots_seed(address: str) -> None:
    env, other = RemoteEnv("CartPole-v1", address), RemoteEnv("CartPole-v1", address)
    env.reset()
    other.reset(seed=1)
    other.restore(env.snapshot())
    assert other.np_random_seed == env.np_random_seed
    for each in (env, other):
        each.close()


@pytest.mark.parametrize("seed", BIG)
def test_a_big_seed_works_as_in_gymnasium(address: str, seed: int) -> None:
    remote, local = RemoteEnv("CartPole-v1", address), make_local("CartPole-v1")
    assert_identical(remote.reset(seed=seed), local.reset(seed=seed))
    assert remote.np_random_seed == seed
    for each in (remote, local):
        each.close()


@pytest.mark.parametrize("seed", [2**63 - 2, 2**64 - 1, 2**128 - 3])
def test_the_seeds_of_a_vector_count_up_from_a_big_seed(vectoriser: Vectoriser, seed: int) -> None:
    envs = vectoriser("CartPole-v1", 3)
    local: Any = SyncVectorEnv([lambda: gymnasium.make("CartPole-v1")] * 3)
    assert_identical(envs.reset(seed=seed), local.reset(seed=seed))
    assert envs.np_random_seed == (seed, seed + 1, seed + 2)
    assert_identical(envs.reset(seed=[7, None, 2**90]), local.reset(seed=[7, None, 2**90]))


@pytest.mark.parametrize("seed", [2**128, 2**200, -1, True, 1.5])
def test_a_seed_that_is_no_int_in_the_range_is_refused(address: str, seed: Any) -> None:
    env, envs = RemoteEnv("CartPole-v1", address), RemoteVectorEnv("CartPole-v1", 2, address=address)
    each: Any
    for each, given in ((env, seed), (envs, [seed, 0]), (envs, [0, seed])):
        with pytest.raises(gymnasium.error.Error, match=rf"from 0 to 2\*\*128 - 1; got {seed}"):
            each.reset(seed=given)
    with pytest.raises(gymnasium.error.Error, match=f"got {2**128}"):
        envs.reset(seed=2**128 - 1)
    env.reset(seed=0)
    envs.reset(seed=0)
    for each in (env, envs):
        each.close()


def test_the_client_does_not_send_a_big_seed_to_an_older_server(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    env = RemoteEnv("CartPole-v1", address)
    monkeypatch.setattr(env._session._connection, "_capabilities", frozenset({"interact"}))
    with pytest.raises(NotImplementedError, match=r"too old for seeds of 2\*\*63 and more"):
        env.reset(seed=2**63)
    env.reset(seed=2**63 - 1)
    env.close()
