# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the health service, of Close and Interact, and of the optional calls Render, Snapshot, Restore and Call."""

from typing import Any

import grpc
import numpy as np
import pytest
from client import Client, observations
from grpc_health.v1 import health_pb2, health_pb2_grpc

from conformance.judge import PUSH, Code, assert_refused, assert_untouched, cartpoles
from gymwire.codec import decode_value, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2


def optional(call: Any) -> Any:
    """Returns the answer to an optional call, or skips the test if the server does not support or allow it."""
    try:
        return call()
    except grpc.RpcError as error:
        if error.code() in (Code.UNIMPLEMENTED, Code.PERMISSION_DENIED):
            pytest.skip(f"the server has no such call: {error.details()}")
        raise


def test_the_server_is_healthy(wire: Client) -> None:
    health = health_pb2_grpc.HealthStub(wire.channel)
    for name in ("", "gymwire.v1.EnvironmentService"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_closing_twice_succeeds(wire: Client) -> None:
    session = cartpoles(wire)
    wire.close_session(session)
    wire.close_session(session)
    wire.close_session("never made")


def test_a_closed_session_is_unknown(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session)
    wire.close_session(session)
    for call in (lambda: wire.reset(session), lambda: wire.step(session, PUSH)):
        assert_refused(call, Code.NOT_FOUND, alive=False)


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("Render", pb.RenderRequest()),
        ("Snapshot", pb.SnapshotRequest()),
        ("Restore", pb.RestoreRequest(snapshots=[encode_value(1)])),
        ("Call", pb.CallRequest(name="x", get=pb.GetAttribute())),
    ],
)
def test_a_closed_session_is_unknown_to_the_optional_calls(wire: Client, name: str, request_: Any) -> None:
    request_.session_id = cartpoles(wire)
    wire.close_session(request_.session_id)
    assert_refused(lambda: optional(lambda: getattr(wire.stub, name)(request_)), Code.NOT_FOUND, alive=False)


def test_the_stream_answers_each_request_once_and_in_order(wire: Client) -> None:
    stream = wire.stream()
    session = stream.ask(make=pb.MakeRequest(env_id="CartPole-v1", num_envs=2)).session_id
    stream.ask(reset=pb.ResetRequest(session_id=session, seed=0))
    for number in range(2, 12):
        stream.send(step=pb.StepRequest(session_id=session, step_number=number, actions=encode_value(PUSH)))
    assert [stream.receive().step.step_number for _ in range(2, 12)] == list(range(2, 12))
    stream.ask(close=pb.CloseRequest(session_id=session))
    stream.close()


def test_an_error_does_not_end_the_stream(wire: Client) -> None:
    stream = wire.stream()
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    for request, code, alive in (
        ({}, Code.INVALID_ARGUMENT, False),
        ({"step": pb.StepRequest(session_id="no such")}, Code.NOT_FOUND, False),
        ({"make": pb.MakeRequest(env_id="NoSuch-v0", num_envs=1)}, Code.NOT_FOUND, False),
        ({"step": pb.StepRequest(session_id=session, actions=encode_value(None))}, Code.INVALID_ARGUMENT, True),
        ({"reset": pb.ResetRequest(session_id=session, step_number=9)}, Code.FAILED_PRECONDITION, True),
    ):
        error = stream.ask(**request)
        assert isinstance(error, pb.ErrorDetail)
        assert error.code == code.value[0]
        assert error.session_alive is alive
    assert_untouched(wire, session, number=2, seed=8)
    stream.close()


def test_a_stream_can_step_two_sessions_that_another_stream_has_reset(wire: Client) -> None:
    first, second = wire.stream(), wire.stream()
    sessions = [cartpoles(wire) for _ in range(2)]
    for session in sessions:
        first.ask(reset=pb.ResetRequest(session_id=session, seed=4))
    first.close()
    steps = [second.ask(step=pb.StepRequest(session_id=s, actions=encode_value(PUSH))) for s in sessions]
    assert np.array_equal(observations(steps[0]), observations(steps[1]))
    second.close()


def test_a_render_request_returns_a_picture_of_each_environment(wire: Client) -> None:
    made = optional(lambda: wire.make("CartPole-v1", 2, render_mode="rgb_array"))
    assert made.render_mode == "rgb_array"
    wire.reset(made.session_id, seed=0)
    frames: list[Any] = [
        decode_value(frame) for frame in wire.stub.Render(pb.RenderRequest(session_id=made.session_id)).frames
    ]
    assert [(frame.dtype, frame.shape) for frame in frames] == [(np.uint8, (400, 600, 3))] * 2


def test_a_render_request_is_refused_in_a_session_without_a_render_mode(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    request = pb.RenderRequest(session_id=session)
    assert_refused(lambda: optional(lambda: wire.stub.Render(request)), Code.FAILED_PRECONDITION, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


def test_two_sessions_go_on_from_one_snapshot(wire: Client) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    wire.step(session, PUSH)
    taken = optional(lambda: wire.stub.Snapshot(pb.SnapshotRequest(session_id=session))).snapshots
    expected = [wire.step(session, PUSH) for _ in range(30)]
    for fork in (session, cartpoles(wire)):
        wire.stub.Restore(pb.RestoreRequest(session_id=fork, snapshots=taken))
        for step in expected:
            again = wire.step(fork, PUSH)
            assert again.observations == step.observations
            assert (again.rewards, again.terminated, again.finals) == (step.rewards, step.terminated, step.finals)


@pytest.mark.parametrize("snapshot", [value_pb2.Value(), encode_value(None), encode_value({"a": 1})], ids=str)
def test_a_bad_snapshot_changes_nothing(wire: Client, snapshot: value_pb2.Value) -> None:
    session = cartpoles(wire)
    wire.reset(session, seed=8)
    taken = optional(lambda: wire.stub.Snapshot(pb.SnapshotRequest(session_id=session))).snapshots
    request = pb.RestoreRequest(session_id=session, snapshots=[*taken[:-1], snapshot])
    assert_refused(lambda: wire.stub.Restore(request), Code.INVALID_ARGUMENT, alive=True)
    assert_untouched(wire, session, number=2, seed=8)


def test_a_call_request_reads_an_attribute_of_each_environment(wire: Client) -> None:
    session = cartpoles(wire)
    request = pb.CallRequest(session_id=session, name="gravity", get=pb.GetAttribute())
    results = optional(lambda: wire.stub.Call(request)).results
    assert [decode_value(result) for result in results] == [9.8, 9.8]


def test_an_attribute_with_a_private_name_is_refused(wire: Client) -> None:
    session = cartpoles(wire)
    request = pb.CallRequest(session_id=session, name="__class__", get=pb.GetAttribute())
    with pytest.raises(grpc.RpcError) as failure:
        wire.stub.Call(request)
    assert failure.value.code() in (Code.INVALID_ARGUMENT, Code.PERMISSION_DENIED, Code.UNIMPLEMENTED)
