# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Retries, leases, streams and the end of sessions, and what the server reports about itself."""

import threading
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, NONE, Client, ServerProcess, make_request, observations, refusal, some_actions
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gymwire.codec import encode_value
from gymwire.server.hosting import HostedSession
from gymwire.server.limits import Limits
from gymwire.server.session_log import SessionLog, SessionOrigin
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb

SERVICE = "gymwire.v1.EnvironmentService"


def test_a_request_with_a_repeated_step_number_gets_the_first_response_and_does_nothing(client: Client) -> None:
    made, twin = (client.make("Pendulum-v1", 2) for _ in range(2))
    actions = some_actions(made)
    first = client.reset(made.session_id, seed=1, step_number=1)
    assert client.reset(made.session_id, seed=1, step_number=1) == first
    client.reset(twin.session_id, seed=1)
    second = client.step(made.session_id, actions, step_number=2)
    assert client.step(made.session_id, -actions, step_number=2) == second
    client.step(twin.session_id, actions)
    third = client.step(made.session_id, actions, step_number=3)
    assert third == client.step(twin.session_id, actions)


def test_step_number_0_means_the_next_number(client: Client) -> None:
    made = client.make("CartPole-v1")
    assert client.reset(made.session_id).step_number == 1
    assert client.step(made.session_id, np.array([0])).step_number == 2
    assert client.step(made.session_id, np.array([0]), step_number=3).step_number == 3
    assert client.reset(made.session_id).step_number == 4


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    stream = client.stream()
    made = stream.ask(make=make_request("CartPole-v1"))
    stream.send(reset=pb.ResetRequest(session_id=made.session_id, seed=0))
    actions = encode_value(np.array([1]))
    for number in range(2, 40):
        stream.send(step=pb.StepRequest(session_id=made.session_id, step_number=number, actions=actions))
    stream.send(close=pb.CloseRequest(session_id=made.session_id))
    assert stream.receive().reset.step_number == 1
    assert [stream.receive().step.step_number for _ in range(2, 40)] == list(range(2, 40))
    assert stream.receive().WhichOneof("response") == "close"
    stream.close()


def test_a_masked_reset_does_not_change_environments_outside_its_mask(client: Client) -> None:
    made = client.make("CartPole-v1", 3, autoreset_mode=pb.AUTORESET_MODE_DISABLED)
    client.reset(made.session_id, seed=0)
    before = observations(client.step(made.session_id, np.array([0, 1, 0])))
    after = observations(client.reset(made.session_id, seed=90, reset_mask=b"\x00\x01\x00"))
    assert np.array_equal(after[[0, 2]], before[[0, 2]])
    alone = client.make("CartPole-v1")
    assert np.array_equal(after[1], observations(client.reset(alone.session_id, seed=91))[0])


def test_closing_twice_succeeds_and_the_session_is_gone(client: Client) -> None:
    made = client.make("CartPole-v1")
    client.close_session(made.session_id)
    client.close_session(made.session_id)
    code, _ = refusal(lambda: client.reset(made.session_id))
    assert code is grpc.StatusCode.NOT_FOUND


def test_the_answer_to_a_make_request_describes_the_session_and_has_a_new_id(client: Client) -> None:
    made = client.make("CartPole-v1", 2, lease_seconds=5.0)
    assert made.autoreset_mode == pb.AUTORESET_MODE_SAME_STEP
    assert (made.num_envs, made.lease_seconds, made.spec.reward_threshold) == (2, 5.0, 475.0)
    ids = {client.make("CartPole-v1").session_id for _ in range(5)}
    assert len(ids) == 5


def is_open(client: Client, session_id: str) -> bool:
    try:
        client.reset(session_id)
    except grpc.RpcError:
        return False
    return True


def test_an_unused_session_expires_and_a_used_one_does_not(client: Client) -> None:
    idle = client.make("CartPole-v1", lease_seconds=1.0)
    used = client.make("CartPole-v1", lease_seconds=1.0)
    for _ in range(5):
        time.sleep(0.4)
        client.reset(used.session_id)
    assert not is_open(client, idle.session_id)
    assert is_open(client, used.session_id)


@pytest.mark.parametrize("end", ["close", "cancel"])
def test_a_lease_begins_when_the_stream_ends(client: Client, end: str) -> None:
    stream = client.stream()
    made = stream.ask(make=make_request("CartPole-v1", lease_seconds=1.0))
    unary = client.make("CartPole-v1", lease_seconds=1.0)
    stream.ask(reset=pb.ResetRequest(session_id=unary.session_id))
    time.sleep(2.0)
    held = [stream.ask(reset=pb.ResetRequest(session_id=each.session_id)) for each in (made, unary)]
    assert [response.step_number for response in held] == [1, 2]
    if end == "close":
        stream.close()
    else:
        stream.call.cancel()
    time.sleep(2.0)
    assert not is_open(client, made.session_id)
    assert not is_open(client, unary.session_id)


def open_expired(table: SessionTable, when_closed: Callable[[], Any]) -> None:
    """Opens a session with a lease of 0 s."""
    hosted = Mock(HostedSession, close=lambda _: when_closed())
    table.open(SessionOrigin("", "CartPole-v1", 1, False), lambda _: (hosted, 0.0))


def test_an_environment_that_hangs_when_its_lease_ends_does_not_keep_other_sessions_open() -> None:
    table = SessionTable(Limits(), SessionLog())
    closed, release = threading.Event(), threading.Event()
    open_expired(table, release.wait)
    open_expired(table, closed.set)
    try:
        assert closed.wait(DEADLINE_SECONDS)
    finally:
        release.set()
        table.close_all(side_by_side=True)


def test_leases_end_even_if_the_system_allows_no_further_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    table = SessionTable(Limits(), SessionLog())
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for closed in (threading.Event(), threading.Event()):
            open_expired(table, closed.set)
            assert closed.wait(DEADLINE_SECONDS)
    table.close_all(side_by_side=True)


def test_cancelled_streams_do_not_count_towards_the_limit_on_streams() -> None:
    server = ServerProcess("--max-sessions", "3")
    try:
        client = Client(server.address)
        for _ in range(12):
            stream = client.stream()
            made = stream.ask(make=make_request("CartPole-v1", infos=NONE))
            stream.ask(close=pb.CloseRequest(session_id=made.session_id))
            stream.call.cancel()
            time.sleep(0.05)
        assert client.stream().ask(make=make_request("CartPole-v1")).session_id
        client.channel.close()
    finally:
        server.kill()


def test_the_server_reports_its_versions_and_machine(client: Client) -> None:
    info = client.stub.GetServerInfo(pb.GetServerInfoRequest())
    assert (info.protocol_version.major, info.protocol_version.minor) == (1, 0)
    assert "interact" in info.capabilities
    assert set(info.fingerprint.packages) == {"gymnasium", "mujoco", "numpy", "grpcio", "protobuf"}
    assert info.fingerprint.python.count(".") == 2
    assert info.fingerprint.os
    assert info.fingerprint.cpu
    assert list(info.fingerprint.cpu_features) == sorted(info.fingerprint.cpu_features)


def test_environments_are_listed_by_id(client: Client) -> None:
    entries = client.stub.ListEnvironments(pb.ListEnvironmentsRequest()).environments
    ids = [entry.spec.env_id for entry in entries]
    assert ids == sorted(ids)
    cartpole = entries[ids.index("CartPole-v1")]
    assert cartpole.unavailable_reason == ""
    assert (cartpole.spec.max_episode_steps, cartpole.spec.reward_threshold) == (500, 475.0)
    assert "Faulty/RaisesInStep-v0" in ids
    assert "GymV26Environment-v0" not in ids
    assert entries[ids.index("HalfCheetah-v2")].unavailable_reason


def test_health_checks_are_answered(client: Client) -> None:
    health = health_pb2_grpc.HealthStub(client.channel)
    for name in ("", SERVICE):
        response = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        assert response.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as failure:
        health.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=5)
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND
