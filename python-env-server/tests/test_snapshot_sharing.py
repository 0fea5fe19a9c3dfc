# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshots refuse registered attributes that share an object. Registered arrays keep the order of their axes in
memory."""

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest

from gymwire.codec import decode_value, encode_value
from gymwire.server.errors import InvalidRequestError, SnapshotUnsupportedError
from gymwire.server.snapshot import register_state
from gymwire.server.snapshot.layers import check_state, put_state, take_state


class Holder(gymnasium.Env[Any, Any]):
    """Has the attributes that are given."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


def _state_and_view(view: Callable[[Any], Any]) -> Any:
    state = np.zeros((2, 4))
    return Holder(one=state, two=view(state))


def _twice(value: Any) -> Any:
    return Holder(one=[1, (value,)], two={"a": value})


SHARING: list[tuple[Any, str]] = [
    (_state_and_view(lambda state: state), "share the memory of an array"),
    (_state_and_view(lambda state: state[0, :2]), "share the memory of an array"),
    (_state_and_view(lambda state: [state.T[::-1]]), "share the memory of an array"),
    (_state_and_view(lambda state: np.array([None, state], dtype=object)), "share the memory of an array"),
    (_twice([]), "share one list"),
    (_twice({}), "share one dict"),
]


@pytest.mark.parametrize(("env", "words"), SHARING)
def test_attributes_that_share_an_object_are_refused(env: Any, words: str) -> None:
    register_state(Holder, "one", "two")
    with pytest.raises(SnapshotUnsupportedError) as failure:
        take_state(env)
    assert f"Holder.two {words}" in str(failure.value)
    assert "Holder.one and" in str(failure.value)
    assert "name two in `ignore`, and set two in `put`" in str(failure.value)
    register_state(Holder, "one", ignore=["two"])
    with pytest.raises(SnapshotUnsupportedError, match=f"Holder.one and Holder.two {words}"):
        take_state(env)
    register_state(Holder, "one", ignore=["two"], take=lambda env: None, put=lambda env, _: None)
    take_state(env)


@pytest.mark.parametrize("value", [[[0]] * 2, [np.zeros(2)] * 2, [{"a": 1}] * 2], ids=["list", "array", "dict"])
def test_an_attribute_that_contains_an_object_twice_is_refused(value: Any) -> None:
    register_state(Holder, "one")
    with pytest.raises(SnapshotUnsupportedError, match=r"two places in Holder\.one share"):
        take_state(Holder(one=value))


def test_an_ignored_attribute_that_is_the_random_generator_is_refused() -> None:
    register_state(Holder, ignore=["rng"])
    env: Any = Holder()
    env.rng = env.np_random
    with pytest.raises(SnapshotUnsupportedError, match=r"Holder\.rng is the environment's random generator"):
        take_state(env)


def _read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


_STATE = np.zeros((2, 4))
_CONSTANT = _read_only(np.zeros(4))
UNSHARED: list[dict[str, Any]] = [
    {"one": _STATE[0], "two": _STATE[1]},
    {"one": _STATE[:, ::2], "two": _STATE[:, 1::2]},
    {"one": _STATE, "two": _STATE.copy()},
    {"one": _CONSTANT, "two": _CONSTANT[:2]},
    {"one": (1, "a"), "two": (1, "a")},
    {"one": [1.5] * 3, "two": [[], []]},
    {"one": np.zeros(0), "two": np.zeros((0, 2))},
]


@pytest.mark.parametrize("attributes", UNSHARED)
def test_attributes_that_share_nothing_that_can_change_are_saved(attributes: dict[str, Any]) -> None:
    register_state(Holder, "one", "two")
    take_state(Holder(**attributes))
    register_state(Holder, "one", ignore=["two"])
    take_state(Holder(**attributes))


def test_the_state_may_be_a_part_of_a_setting() -> None:
    register_state(Holder, "goal")
    goals = np.zeros((3, 2))
    env, other = Holder(goals=goals, goal=goals[1]), Holder(goals=goals.copy(), goal=None)
    check_state(other, take_state(env))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3)),
        np.zeros((2, 3)).T,
        np.asfortranarray(np.zeros((2, 3, 4))),
        np.zeros((2, 3, 4)).transpose(1, 0, 2),
        np.zeros((4, 6)).T[::2, ::-3],
    ],
)
def test_a_registered_array_keeps_the_order_of_its_axes_in_memory(array: Any) -> None:
    register_state(Holder, "one", take=lambda env: {"a": env.one}, put=lambda env, value: setattr(env, "two", value))
    array[...] = np.random.default_rng(0).normal(size=array.shape)
    env: Any = Holder(one=[array])
    other: Any = Holder(one=None)
    state = decode_value(encode_value(take_state(env)))
    check_state(other, state)
    put_state(other, state)
    for restored in (other.one[0], other.two["a"][0]):
        assert restored.strides == array.copy(order="K").strides
        assert restored.tobytes() == array.tobytes()
        assert restored.flags.writeable


@pytest.mark.parametrize("axes", [None, [0], [0, 0], [1, 2], ["a", "b"], 3])
def test_a_snapshot_with_wrong_axes_is_refused(axes: Any) -> None:
    register_state(Holder, "one")
    env = Holder(one=np.zeros((2, 3)).T)
    state = take_state(env)
    state[0]["state"]["one"]["gymwire.axes"] = axes
    with pytest.raises(InvalidRequestError, match="axes"):
        check_state(env, state)
