# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The client chooses the infos that it receives. A warning names each info that cannot be sent."""

import copy
import pickle
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import NormalizeObservation, RecordEpisodeStatistics
from gymnasium.wrappers.vector import DictInfoToList
from gymnasium.wrappers.vector import RecordEpisodeStatistics as RecordVectorStatistics
from odd_values import strange_values

from gymwire.client import InvalidActionError, RemoteEnv, RemoteVectorEnv
from upstream.compare import assert_identical
from upstream.conftest import Vectoriser

MASKED = np.ma.masked_array([0.5], mask=[True], dtype=np.float32)


def step_twice(env: Any, action: Any) -> Any:
    env.reset(seed=0)
    env.step(action)
    return env.step(action)


def warning_texts(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(each.message) for each in caught]


@pytest.mark.parametrize(("infos", "keys"), [(False, []), ((), []), (["x_position"], ["x_position"])])
def test_only_chosen_infos_arrive(address: str, infos: Any, keys: list[str]) -> None:
    env, whole = RemoteEnv("HalfCheetah-v5", address, infos=infos), RemoteEnv("HalfCheetah-v5", address)
    action = np.zeros(6, np.float32)
    chosen, everything = step_twice(env, action), step_twice(whole, action)
    assert_identical(chosen[:4], everything[:4])
    assert_identical(chosen[4], {key: everything[4][key] for key in keys})
    for each in (env, whole):
        each.close()


@pytest.mark.parametrize(("infos", "keys"), [(False, set()), (["x_position"], {"x_position", "_x_position"})])
def test_only_chosen_infos_of_a_vector_arrive(vectoriser: Vectoriser, infos: Any, keys: set[str]) -> None:
    envs = vectoriser("HalfCheetah-v5", 2, infos=infos)
    whole = vectoriser("HalfCheetah-v5", 2)
    actions = np.zeros((2, 6), np.float32)
    chosen, everything = step_twice(envs, actions), step_twice(whole, actions)
    assert_identical(chosen[:4], everything[:4])
    assert_identical(chosen[4], {key: everything[4][key] for key in everything[4] if key in keys})


@pytest.mark.parametrize("infos", ["x_position", b"x", 1, None, [1], {"a": 1}.items()])
def test_an_invalid_choice_of_infos_is_refused(address: str, infos: Any) -> None:
    for make in (RemoteEnv, RemoteVectorEnv):
        with pytest.raises(TypeError, match="infos must be True, False or a list of keys"):
            make("CartPole-v1", address=address, infos=infos)


@pytest.mark.parametrize("infos", [False, ["count"], ("count", "level")])
def test_the_spec_contains_the_choice_of_infos(address: str, infos: Any) -> None:
    env = RemoteEnv("Odd/Strange-v0", address, infos=infos)
    assert env.spec is not None
    expected = step_twice(env, 0)[4]
    others = [gymnasium.make(env.spec, disable_env_checker=True), env.spec.make()]
    for other in others:
        assert step_twice(other, 0)[4] == expected
        other.close()
    vector = RemoteVectorEnv("Odd/Strange-v0", 2, address=address, infos=infos)
    assert vector.spec is not None
    assert vector.spec.kwargs["infos"] == (infos if infos is False else tuple(infos))
    assert "infos" in repr(vector.spec)
    for each in (env, vector):
        each.close()


def test_a_copied_environment_has_the_choice_of_infos(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address, infos=False)
    env.reset(seed=1)
    other: Any
    for other in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        assert other.spec.kwargs["infos"] is False
        assert other.step(0)[4] == {}
        other.close()
    env.close()


def test_infos_can_be_chosen_for_a_registered_environment(address: str) -> None:
    kwargs = {"env_id": "HalfCheetah-v5", "address": address, "infos": ["x_velocity"]}
    gymnasium.register("Remote/HalfCheetah-v5", "gymwire.client:RemoteEnv", kwargs=kwargs)
    try:
        env = gymnasium.make("Remote/HalfCheetah-v5")
        assert list(step_twice(env, env.action_space.sample())[4]) == ["x_velocity"]
        env.close()
        env = gymnasium.make("Remote/HalfCheetah-v5", infos=False)
        assert step_twice(env, env.action_space.sample())[4] == {}
        env.close()
    finally:
        del gymnasium.registry["Remote/HalfCheetah-v5"]


def test_gymnasiums_wrappers_work_without_infos(address: str) -> None:
    env: Any = RecordEpisodeStatistics(
        NormalizeObservation(RemoteEnv("CartPole-v1", address, infos=False, max_episode_steps=3))
    )
    env.reset(seed=0)
    for _ in range(3):
        *_, truncated, info = env.step(1)
    assert truncated
    assert info["episode"]["l"] == 3
    env.close()


def wrappers_work_together() -> bool:
    local: Any = SyncVectorEnv([lambda: gymnasium.make("CartPole-v1", max_episode_steps=1)])
    envs = DictInfoToList(RecordVectorStatistics(local))
    envs.reset(seed=0)
    try:
        envs.step(np.array([0]))
    except KeyError:
        return False
    finally:
        envs.close()
    return True


@pytest.mark.parametrize("mode", list(AutoresetMode)[:2], ids=lambda mode: mode.name)
def test_gymnasiums_vector_wrappers_work_without_infos(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    if not wrappers_work_together():
        pytest.skip("these two wrappers do not work together in this Gymnasium (1.2.0)")
    remote = vectoriser("CartPole-v1", 2, infos=False, autoreset_mode=mode, max_episode_steps=3)
    envs = DictInfoToList(RecordVectorStatistics(remote))
    envs.reset(seed=0)
    for _ in range(3):
        *_, truncated, infos = envs.step(np.array([0, 1]))
    assert truncated.all()
    assert [info["episode"]["l"] for info in infos] == [3, 3]
    if mode is AutoresetMode.SAME_STEP:
        assert all(info["final_obs"].shape == (4,) for info in infos)


@pytest.mark.parametrize("when", ["reset", "step", "end"])
def test_an_info_that_cannot_be_sent_is_named_once(address: str, when: str) -> None:
    env = RemoteEnv("Odd/Strange-v0", address, when=when)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            env.reset()
            results = [env.step(0) for _ in range(3)]
    assert [result[:4] for result in results] == [(i, float(i), i == 3, False) for i in (1, 2, 3)]
    assert all(result[4]["level"] == 3 for result in results)
    assert len(caught) == len(strange_values())
    text = next(text for text in warning_texts(caught) if "'enum'" in text)
    assert "the info 'enum' is left out, because a value of type Colour cannot be sent: <Colour.RED: 1>" in text
    assert 'infos=["NAME", ...] or infos=False to RemoteEnv' in text
    env.close()


@pytest.mark.parametrize("mode", list(AutoresetMode), ids=lambda mode: mode.name)
def test_a_vector_warns_once_about_an_info_that_cannot_be_sent(vectoriser: Vectoriser, mode: AutoresetMode) -> None:
    envs = vectoriser("Odd/Strange-v0", 2, when="end", only="set", autoreset_mode=mode)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            envs.reset()
            for count in (1, 2, 3):
                _, rewards, terminated, _, infos = envs.step(np.array([0, 1]))
                assert rewards.tolist() == [count, count]
            assert terminated.all()
    last = infos["final_info"] if mode is AutoresetMode.SAME_STEP else infos
    assert last["count"].tolist() == [3, 3]
    assert "set" not in last
    (text,) = warning_texts(caught)
    assert "the info 'set' is left out" in text


def test_no_warning_names_an_info_that_was_not_chosen(address: str) -> None:
    env = RemoteEnv("Odd/Strange-v0", address, infos=["count"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert step_twice(env, 0)[4] == {"count": 2}
    env.close()


def test_a_masked_action_is_refused(address: str) -> None:
    env, envs = RemoteEnv("Pendulum-v1", address), RemoteVectorEnv("Pendulum-v1", 1, address=address)
    pair = RemoteEnv("Odd/Record-v0", address)
    for each in (env, envs, pair):
        each.reset(seed=0)
    sample: Any = pair.action_space.sample()
    sample["a"]["deep"] = np.ma.masked_array([0.5, 0.5], mask=[True, False], dtype=np.float32)
    for each, action in ((env, MASKED), (envs, MASKED[np.newaxis]), (env, [np.ma.masked]), (pair, sample)):
        with pytest.raises(InvalidActionError, match=r"the action cannot be sent: .*masked elements"):
            each.step(action)
    env.step(np.ma.masked_array([0.5], dtype=np.float32))
    for each in (env, envs, pair):
        each.close()


def test_masked_options_are_refused(address: str) -> None:
    env = RemoteEnv("Pendulum-v1", address)
    with pytest.raises(ValueError, match="masked elements"):
        env.reset(options={"x_init": MASKED})
    env.reset(seed=0)
    env.close()
