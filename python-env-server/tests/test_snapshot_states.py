# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The states of single environments: wrappers, unknown classes, and values that are invalid in a snapshot."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.classic_control.cartpole import CartPoleEnv
from gymnasium_at_hand import TAXI, has_wrapper

from gymwire.codec import decode_value, encode_value
from gymwire.server import fingerprint
from gymwire.server.errors import SnapshotUnsupportedError, WrongStateError
from gymwire.server.snapshot import envelope
from gymwire.server.snapshot.known import kind_of
from gymwire.server.snapshot.layers import check_state, put_state, take_state
from gymwire.server.snapshot.parts import Attribute, is_anything
from gymwire.server.snapshot.physics import Camera

_Env = gymnasium.Env[Any, Any]

_WRAPPERS: list[tuple[str, str, dict[str, Any]]] = [
    ("CartPole-v1", "RepeatAction", {"num_repeats": 3}),
    ("CartPole-v1", "StickyAction", {"repeat_action_probability": 0.5, "repeat_action_duration": (2, 4)}),
    ("Pendulum-v1", "StickyAction", {"repeat_action_probability": 0.5}),
    ("HalfCheetah-v5", "ClipAction", {}),
    ("HalfCheetah-v5", "RescaleAction", {"min_action": np.float32(-2), "max_action": np.float32(2)}),
    ("Pendulum-v1", "DiscretizeAction", {"bins": 3}),
    ("CartPole-v1", "DtypeObservation", {"dtype": np.float64}),
    ("Blackjack-v1", "FlattenObservation", {}),
    ("CartPole-v1", "ReshapeObservation", {"shape": (2, 2)}),
    ("Pendulum-v1", "RescaleObservation", {"min_obs": np.float32(-1), "max_obs": np.float32(1)}),
    ("Pendulum-v1", "DiscretizeObservation", {"bins": 4}),
    ("Pendulum-v1", "ClipReward", {"min_reward": -1, "max_reward": 1}),
    ("CartPole-v1", "Autoreset", {}),
    ("CartPole-v1", "PassiveEnvChecker", {}),
    ("HalfCheetah-v5", "TimeLimit", {"max_episode_steps": 7}),
    ("CartPole-v1", "RecordEpisodeStatistics", {"buffer_length": 3}),
    ("CartPole-v1", "DelayObservation", {"delay": 2}),
    ("CartPole-v1", "TimeAwareObservation", {}),
    ("CartPole-v1", "TimeAwareObservation", {"flatten": False}),
    ("CartPole-v1", "FrameStackObservation", {"stack_size": 3}),
    ("Blackjack-v1", "FrameStackObservation", {"stack_size": 3, "padding_type": "zero"}),
    ("HalfCheetah-v5", "NormalizeObservation", {}),
    ("Pendulum-v1", "NormalizeReward", {}),
    ("CartPole-v1", "MaxAndSkipObservation", {"skip": 2}),
]
WRAPPERS = [case for case in _WRAPPERS if has_wrapper(case[1])]

# One environment for each kind of state.
FAMILIES = ["CartPole-v1", "Pendulum-v1", "Blackjack-v1", TAXI, "Pusher-v5", "Reacher-v5"]


def _make(env_id: str, wrapper: str = "", kwargs: dict[str, Any] | None = None) -> _Env:
    env = gymnasium.make(env_id, disable_env_checker=True)
    return getattr(gymnasium.wrappers, wrapper)(env, **(kwargs or {})) if wrapper else env


def _play(env: _Env, steps: int, seed: int) -> list[bytes]:
    """Steps the environment with actions that depend only on the seed. Resets it after each episode, even if no step
    follows."""
    env.action_space.seed(seed)
    record = []
    for _ in range(steps):
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        # Wall-clock time is not part of the result.
        info.get("episode", {}).pop("t", None)
        record.append(_bits((observation, reward, terminated, truncated, info)))
        if terminated or truncated:
            record.append(_bits(env.reset()))
    return record


def _bits(value: Any) -> bytes:
    return encode_value(value).SerializeToString(deterministic=True)


def _sent(value: Any) -> Any:
    """Returns the value as the receiver decodes it."""
    return decode_value(encode_value(value))


@pytest.mark.parametrize(("env_id", "wrapper", "kwargs"), WRAPPERS)
def test_a_wrapped_environment_goes_on_bit_for_bit(env_id: str, wrapper: str, kwargs: dict[str, Any]) -> None:
    original, restored = (_make(env_id, wrapper, kwargs) for _ in range(2))
    original.reset(seed=1)
    _play(original, 41, seed=0)
    state = _sent(take_state(original))
    restored.reset(seed=2)
    _play(restored, 9, seed=3)
    check_state(restored, state)
    put_state(restored, state)
    assert _play(restored, 120, seed=4) == _play(original, 120, seed=4)


@pytest.mark.parametrize("steps_before", [0, 1, 2])
@pytest.mark.parametrize("steps_after", [0, 1, 2])
def test_the_passive_checker_goes_on_from_any_step(steps_before: int, steps_after: int) -> None:
    original, restored = (_make("CartPole-v1", "PassiveEnvChecker") for _ in range(2))
    for env, steps in ((original, steps_before), (restored, steps_after)):
        env.reset(seed=steps)
        _play(env, steps, seed=0)
    put_state(restored, _sent(take_state(original)))
    assert _play(restored, 3, seed=4) == _play(original, 3, seed=4)
    assert vars(restored).get("checked_data_reuse") == vars(original).get("checked_data_reuse")


PICTURED = ["CartPole-v1", "Acrobot-v1", "Blackjack-v1", "FrozenLake-v1", "CliffWalking-v1", TAXI]


@pytest.mark.parametrize("env_id", PICTURED)
def test_drawn_pictures_are_not_part_of_the_state(env_id: str) -> None:
    drawn, blank = (gymnasium.make(env_id, render_mode="rgb_array", disable_env_checker=True) for _ in range(2))
    for env in (drawn, blank):
        env.reset(seed=1)
    picture: Any = drawn.render()
    state = _sent(take_state(drawn))
    blank.reset(seed=2)
    check_state(blank, state)
    put_state(blank, state)
    assert np.array_equal(picture, blank.render())  # type: ignore[arg-type]
    fresh = gymnasium.make(env_id, render_mode="rgb_array", disable_env_checker=True)
    fresh.reset(seed=3)
    before = _sent(take_state(fresh))
    check_state(drawn, before)
    put_state(drawn, before)
    assert np.array_equal(fresh.render(), drawn.render())  # type: ignore[arg-type]


def test_a_restore_needs_the_same_attributes_also_if_one_was_set_to_none() -> None:
    changed, fresh = _make("FrozenLake-v1"), _make("FrozenLake-v1")
    for env in (changed, fresh):
        env.reset(seed=0)
    changed.set_wrapper_attr("nrow", None)
    with pytest.raises(WrongStateError, match="nrow is 4 here, but absent in the snapshot"):
        check_state(fresh, _sent(take_state(changed)))
    with pytest.raises(WrongStateError, match="nrow is absent here, but 4 in the snapshot"):
        check_state(changed, _sent(take_state(fresh)))


def test_the_episode_statistics_count_the_time_before_the_snapshot() -> None:
    original, restored = (_make("CartPole-v1", "RecordEpisodeStatistics") for _ in range(2))
    for env in (original, restored):
        env.reset(seed=0)
    original.set_wrapper_attr("episode_start_time", original.get_wrapper_attr("episode_start_time") - 50)
    put_state(restored, _sent(take_state(original)))
    *_, info = _until_the_end(restored)
    assert 50 <= info["episode"]["t"] < 60


def _until_the_end(env: _Env) -> tuple[Any, ...]:
    while True:
        result = env.step(0)
        if result[2]:
            return result


class _HeavierCartPole(CartPoleEnv):
    def __init__(self) -> None:
        super().__init__()
        self.secret = 0


def test_a_subclass_of_a_known_class_is_not_known() -> None:
    env = _HeavierCartPole()
    env.reset(seed=0)
    with pytest.raises(SnapshotUnsupportedError, match="_HeavierCartPole is not among"):
        take_state(env)


def test_another_class_with_a_known_name_is_not_known() -> None:
    impostor = type("CartPoleEnv", (CartPoleEnv,), {"__module__": CartPoleEnv.__module__})
    with pytest.raises(SnapshotUnsupportedError, match="CartPoleEnv is not among"):
        kind_of(impostor)


def test_a_snapshot_of_a_box2d_environment_is_refused() -> None:
    pytest.importorskip("Box2D")
    env = _make("LunarLander-v3")
    env.reset(seed=0)
    with pytest.raises(SnapshotUnsupportedError, match="Box2D does not expose"):
        take_state(env)


def test_a_snapshot_of_a_frozen_lake_with_a_drawn_map_is_refused() -> None:
    drawn = gymnasium.make("FrozenLake-v1", map_name=None)
    drawn.reset(seed=0)
    with pytest.raises(SnapshotUnsupportedError, match=r"FrozenLake draws its map .* make it with map_name '4x4'"):
        take_state(drawn)
    given = gymnasium.make("FrozenLake-v1", map_name=None, desc=["SF", "FG"])
    given.reset(seed=0)
    take_state(given)


def test_a_wrapper_that_stores_pictures_is_refused() -> None:
    env = gymnasium.make("FrozenLake-v1", render_mode="ansi_list", disable_env_checker=True)
    env.reset(seed=0)
    with pytest.raises(SnapshotUnsupportedError, match="RenderCollection"):
        take_state(env)


@pytest.mark.parametrize(
    ("env_id", "name", "value"),
    [("CartPole-v1", "gravity", 1.6), ("Acrobot-v1", "torque_noise_max", 0.5), ("Hopper-v5", "frame_skip", 2)],
)
def test_a_restore_needs_equal_values_of_attributes_that_were_set(env_id: str, name: str, value: float) -> None:
    changed, same, fresh = (_make(env_id) for _ in range(3))
    for env in (changed, same):
        env.reset(seed=0)
        env.set_wrapper_attr(name, value)
    state = _sent(take_state(changed))
    with pytest.raises(WrongStateError, match=f"{name} is"):
        check_state(fresh, state)
    check_state(same, state)


def test_a_snapshot_with_another_dtype_of_the_observations_is_refused() -> None:
    double, single = (_make("CartPole-v1", "DtypeObservation", {"dtype": each}) for each in (np.float64, np.float32))
    for env in (double, single):
        env.reset(seed=0)
    with pytest.raises(WrongStateError, match=r"DtypeObservation\.\w+ is .* here, but .* in the snapshot"):
        check_state(single, _sent(take_state(double)))


def test_a_snapshot_with_another_mujoco_model_is_refused() -> None:
    heavy, fresh = _make("Hopper-v5"), _make("Hopper-v5")
    heavy.reset(seed=0)
    heavy.get_wrapper_attr("model").body_mass[1] *= 2
    with pytest.raises(WrongStateError, match="model"):
        check_state(fresh, _sent(take_state(heavy)))


def test_a_transition_table_that_was_changed_is_refused() -> None:
    changed, fresh = _make("FrozenLake-v1"), _make("FrozenLake-v1")
    changed.reset(seed=0)
    changed.get_wrapper_attr("P")[0][0] = [(1.0, 0, 9.0, False)]
    with pytest.raises(WrongStateError, match=r"FrozenLakeEnv\.P"):
        check_state(fresh, _sent(take_state(changed)))


def test_a_random_generator_of_another_kind_is_refused() -> None:
    env = _make("CartPole-v1")
    env.reset(seed=0)
    env.unwrapped.np_random = np.random.Generator(np.random.MT19937(0))
    with pytest.raises(SnapshotUnsupportedError, match="MT19937"):
        take_state(env)


@pytest.mark.parametrize("nonsense", [None, "word", b"", [], {"state": 1}, np.zeros((2, 2)), np.zeros(3, dtype=bool)])
@pytest.mark.parametrize("env_id", FAMILIES)
def test_no_part_of_a_state_accepts_nonsense(env_id: str, nonsense: Any) -> None:
    _assert_no_part_accepts(_make(env_id), nonsense)


@pytest.mark.parametrize("nonsense", ["word", [], {"state": 1}, np.zeros((2, 2))])
@pytest.mark.parametrize(("env_id", "wrapper", "kwargs"), WRAPPERS)
def test_no_wrapper_accepts_nonsense(env_id: str, wrapper: str, kwargs: dict[str, Any], nonsense: Any) -> None:
    _assert_no_part_accepts(_make(env_id, wrapper, kwargs), nonsense)


def _assert_no_part_accepts(env: _Env, nonsense: Any) -> None:
    """Checks that `check_state` refuses `nonsense` as the value of each part of the state, and that `check_state` does
    not change the state. But some parts accept None, and attributes that accept any value accept nonsense too. With
    RecordEpisodeStatistics, the states before and after the checks are not compared, because this wrapper's state
    contains the time since the episode began, which grows."""
    env.reset(seed=0)
    state = _sent(take_state(env))
    before = _bits(take_state(env)) if "Statistics" not in str(env) else b""
    layers: list[_Env] = []
    layer: Any = env
    while layer is not None:
        layers.append(layer)
        layer = layer.env if isinstance(layer, gymnasium.Wrapper) else None
    for i, layer in enumerate(layers):
        for part in kind_of(type(layer)).parts:
            if isinstance(part, Attribute) and part.accepts(nonsense):
                assert nonsense is None or part.accepts is is_anything
                continue
            if isinstance(part, Camera) and nonsense is None:
                continue
            invalid = [dict(each, state=dict(each["state"])) for each in state]
            invalid[i]["state"][part.name] = nonsense
            with pytest.raises((ValueError, WrongStateError)):
                check_state(env, invalid)
    assert not before or _bits(take_state(env)) == before


def test_a_snapshot_from_other_software_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = envelope.SessionIdentity("CartPole-v1", "SAME_STEP")
    env = _make("CartPole-v1")
    observation, _ = env.reset(seed=0)
    saved = envelope.SavedEnvironment(observation, False, take_state(env))
    ours = fingerprint.essentials()
    with monkeypatch.context() as context:
        context.setattr(envelope, "essentials", lambda: {**ours, "numpy": "1.0.0"})
        snapshot = envelope.pack(identity, saved)
    with pytest.raises(WrongStateError, match=r"numpy was '1\.0\.0'"):
        envelope.unpack(snapshot, identity)


@pytest.mark.parametrize("observation", [None, 3, np.zeros(3, dtype=np.float32), np.zeros(4, dtype=bool)])
def test_an_observation_that_does_not_fit_the_space_is_refused(observation: Any) -> None:
    identity = envelope.SessionIdentity("CartPole-v1", "SAME_STEP")
    env = _make("CartPole-v1")
    env.reset(seed=0)
    saved = envelope.SavedEnvironment(observation, False, take_state(env))
    unpacked = envelope.unpack(envelope.pack(identity, saved), identity)
    with pytest.raises(ValueError, match="observation"):
        envelope.check_observation(env.observation_space, unpacked.observation)
