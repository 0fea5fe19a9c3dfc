# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of Step."""

from typing import Any

import numpy as np
import pytest
from client import Client, flags, observations

from conformance.judge import PUSH, Code, assert_refused, assert_untouched, cartpoles
from gymwire.codec import decode_dict, decode_value, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

SAME, NEXT, DISABLED = pb.AUTORESET_MODE_SAME_STEP, pb.AUTORESET_MODE_NEXT_STEP, pb.AUTORESET_MODE_DISABLED


def test_each_field_of_a_response_has_the_right_size(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=0)
    step = wire.step(session, PUSH)
    assert step.step_number == 2
    assert observations(step).shape == (2, 4)
    assert np.frombuffer(step.rewards, "<f8").tolist() == [1.0, 1.0]
    assert step.terminated == step.truncated == step.reset_mask == b"\x00\x00"
    assert len(step.finals) == 0
    assert step.HasField("infos")


def test_a_repeated_step_number_makes_no_step(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=0, step_number=1)
    first = wire.step(session, PUSH, step_number=2)
    # The server returns the remembered answer, whatever the repeated request contains.
    assert wire.step(session, PUSH, step_number=2) == first
    assert wire.step(session, PUSH[::-1].copy(), step_number=2) == first
    assert wire.step(session, PUSH, step_number=3).step_number == 3


def test_step_number_0_means_the_next_number(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=0)
    assert [wire.step(session, PUSH).step_number for _ in range(3)] == [2, 3, 4]
    assert wire.step(session, PUSH, step_number=5).step_number == 5


def until_an_end(wire: Client, session: str) -> Any:
    """Pushes both CartPoles to the left until an episode ends; returns that step."""
    for _ in range(100):
        step = wire.step(session, np.zeros(2, np.int64))
        if any(flags(step.terminated)):
            return step
    raise AssertionError("no episode ended in 100 steps")


def test_a_step_that_ends_an_episode_also_resets_the_environment_in_the_mode_same_step(wire: Client) -> None:
    session = cartpoles(wire, SAME)
    wire.reset(session, seed=2)
    step = until_an_end(wire, session)
    assert step.reset_mask == step.terminated
    assert [final.env_index for final in step.finals] == np.flatnonzero(flags(step.terminated)).tolist()
    for final in step.finals:
        last: Any = decode_value(final.observation)
        assert last.shape == (4,)
        assert abs(last[2]) > 0.2, "the pole must have fallen"
        assert np.abs(observations(step)[final.env_index]).max() <= 0.05, "a new episode must start near the middle"


def test_a_step_after_an_end_resets_the_environment_in_the_mode_next_step(wire: Client) -> None:
    session = cartpoles(wire, NEXT)
    wire.reset(session, seed=2)
    end = until_an_end(wire, session)
    assert not any(flags(end.reset_mask))
    assert len(end.finals) == 0
    after = wire.step(session, PUSH)
    assert after.reset_mask == end.terminated
    ended = np.array(flags(end.terminated))
    assert np.frombuffer(after.rewards, "<f8")[ended].tolist() == [0.0] * int(ended.sum())
    assert not np.array(flags(after.terminated))[ended].any()
    assert np.abs(observations(after)[ended]).max() <= 0.05


def test_an_ended_episode_needs_a_reset_in_the_mode_disabled(wire: Client) -> None:
    session = cartpoles(wire, DISABLED)
    wire.reset(session, seed=2)
    end = until_an_end(wire, session)
    assert not any(flags(end.reset_mask))
    assert_refused(lambda: wire.step(session, PUSH), Code.FAILED_PRECONDITION, alive=True)
    reset = wire.reset(session, reset_mask=end.terminated)
    others = ~np.array(flags(end.terminated))
    assert np.array_equal(observations(reset)[others], observations(end)[others])
    wire.step(session, PUSH)


def test_the_episode_limit_truncates_episodes(wire: Client) -> None:
    session = cartpoles(wire, SAME, max_episode_steps=3)
    wire.reset(session, seed=0)
    steps = [wire.step(session, PUSH) for _ in range(3)]
    assert [step.truncated for step in steps] == [b"\x00\x00", b"\x00\x00", b"\x01\x01"]
    assert steps[-1].terminated == b"\x00\x00"


def test_the_field_env_outputs_keeps_the_type_of_each_observation(wire: Client) -> None:
    made = wire.make("FrozenLake-v1", 2, env_outputs=True)
    reset = wire.reset(made.session_id, seed=0)
    assert [decode_value(output.observation) for output in reset.env_outputs] == [0, 0]
    assert all(type(decode_value(output.observation)) is int for output in reset.env_outputs)
    assert all(not output.HasField("reward") for output in reset.env_outputs)
    step = wire.step(made.session_id, np.zeros(2, np.int64))
    assert [type(decode_value(output.observation)) for output in step.env_outputs] == [int, int]
    assert all("prob" in decode_dict(output.info) for output in step.env_outputs)


def test_observations_may_be_tuples(wire: Client) -> None:
    made = wire.make("Blackjack-v1", 2)
    batched = decode_value(wire.reset(made.session_id, seed=0).observations)
    assert isinstance(batched, tuple)
    assert [part.shape for part in batched] == [(2,), (2,), (2,)]


def test_infos_can_be_left_out(wire: Client) -> None:
    for selection, keys in (
        (pb.InfoSelection(none=pb.NoInfos()), None),
        (pb.InfoSelection(keys=pb.InfoKeys(names=["prob"])), {"prob", "_prob"}),
        (pb.InfoSelection(all=pb.AllInfos()), {"prob", "_prob"}),
    ):
        session = wire.make("FrozenLake-v1", 2, infos=selection).session_id
        reset = wire.reset(session, seed=0)
        assert (set(decode_dict(reset.infos)) if reset.HasField("infos") else None) == keys


def ndarray(dtype: Any, shape: list[int], data: bytes) -> value_pb2.Value:
    return value_pb2.Value(array=value_pb2.NdArray(dtype=dtype, shape=shape, data=data))


I64 = value_pb2.DTYPE_INT64
VIOLATIONS = {
    "no kind": value_pb2.Value(),
    "none": encode_value(None),
    "a list": encode_value([0, 1]),
    "another dtype": encode_value(PUSH.astype(np.int32)),
    "floats": encode_value(PUSH.astype(np.float64)),
    "too few": encode_value(PUSH[:1]),
    "too many": encode_value(np.array([0, 1, 0])),
    "an axis too many": encode_value(PUSH[:, np.newaxis]),
    "above the space": encode_value(np.array([0, 2])),
    "below the space": encode_value(np.array([-1, 0])),
    "too few bytes": ndarray(I64, [2], bytes(15)),
    "too many bytes": ndarray(I64, [2], bytes(17)),
    "no dtype": ndarray(value_pb2.DTYPE_UNSPECIFIED, [2], bytes(16)),
    "unknown dtype": ndarray(99, [2], bytes(16)),
    "negative length": ndarray(I64, [-2], b""),
    "huge shape": ndarray(I64, [2**62, 2**62], b""),
}


@pytest.mark.parametrize("actions", VIOLATIONS.values(), ids=list(VIOLATIONS))
def test_a_bad_action_makes_no_step(wire: Client, actions: value_pb2.Value) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    request = pb.StepRequest(session_id=session, step_number=2, actions=actions)
    assert_refused(lambda: wire.stub.Step(request), Code.INVALID_ARGUMENT, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


@pytest.mark.parametrize("torque", [np.nan, np.inf, 2.5, -2.5])
def test_a_number_outside_a_box_is_refused(wire: Client, torque: float) -> None:
    session = wire.make("Pendulum-v1").session_id
    wire.reset(session, seed=0)
    action = np.array([[torque]], np.float32)
    assert_refused(lambda: wire.step(session, action), Code.INVALID_ARGUMENT, alive=True)
    assert wire.step(session, np.array([[2.0]], np.float32)).step_number == 2


def test_a_step_before_the_reset_is_refused(wire: Client) -> None:
    session = cartpoles(wire)
    assert_refused(lambda: wire.step(session, PUSH), Code.FAILED_PRECONDITION, alive=True)
    assert wire.reset(session).step_number == 1


@pytest.mark.parametrize("number", [1, 4, 2**64 - 1])
def test_a_wrong_step_number_is_refused(wire: Client, number: int) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=0)
    wire.step(session, PUSH)
    assert_refused(lambda: wire.step(session, PUSH, step_number=number), Code.FAILED_PRECONDITION, alive=True)
    assert wire.step(session, PUSH, step_number=3).step_number == 3


def test_a_step_with_the_number_of_a_reset_is_refused(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=0, step_number=1)
    assert_refused(lambda: wire.step(session, PUSH, step_number=1), Code.FAILED_PRECONDITION, alive=True)


def test_an_unknown_session_is_refused(wire: Client) -> None:
    assert_refused(lambda: wire.step("no such session", PUSH), Code.NOT_FOUND, alive=False)
