# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshot and Restore refuse wrong requests, and a refusal changes nothing."""

from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import numpy.typing as npt
import pytest
from client import Client, refusal
from snapshot_runs import N, Runs

from gymwire.codec import decode_value, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2


@pytest.fixture
def here(client: Client) -> Iterator[Runs]:
    runs = Runs(client)
    yield runs
    runs.close()


def test_a_snapshot_before_the_first_reset_is_refused(client: Client) -> None:
    made = client.make("CartPole-v1")
    request = pb.SnapshotRequest(session_id=made.session_id)
    code, detail = refusal(lambda: client.stub.Snapshot(request, timeout=10))
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "Reset" in detail.message
    assert detail.session_alive


@pytest.mark.parametrize("env_id", ["HalfCheetah-v4", "Faulty/WellBehaved-v0"])
def test_a_snapshot_of_an_environment_of_unknown_state_is_refused(client: Client, env_id: str) -> None:
    made = client.make(env_id)
    client.reset(made.session_id, seed=0)
    request = pb.SnapshotRequest(session_id=made.session_id)
    code, detail = refusal(lambda: client.stub.Snapshot(request, timeout=10))
    assert code is grpc.StatusCode.UNIMPLEMENTED
    assert "not among the classes whose state is known" in detail.message
    assert detail.session_alive
    client.reset(made.session_id)


def _changed(snapshot: value_pb2.Value, key: str, value: Any) -> value_pb2.Value:
    content = decode_value(snapshot)
    content[key] = value
    return encode_value(content)


def _with_another_state(snapshot: value_pb2.Value) -> value_pb2.Value:
    content = decode_value(snapshot)
    state: npt.NDArray[Any] = content["environment"][-1]["state"]["state"].copy()
    state[0] = np.nextafter(state[0], 1.0)
    content["environment"][-1]["state"]["state"] = state
    return encode_value(content)


def _without_ended(snapshot: value_pb2.Value) -> value_pb2.Value:
    content = decode_value(snapshot)
    del content["ended"]
    return encode_value(content)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda snapshot: value_pb2.Value(), "no kind"),
        (lambda snapshot: encode_value(None), "not of the format"),
        (lambda snapshot: encode_value({"format": np.zeros(3)}), "not of the format"),
        (lambda snapshot: _changed(snapshot, "format", "gymwire.snapshot.0"), "not of the format"),
        (lambda snapshot: _changed(snapshot, "more", 1), "more"),
        (_without_ended, "ended"),
        (lambda snapshot: _changed(snapshot, "ended", True), "digest"),
        (_with_another_state, "digest"),
        (lambda snapshot: _changed(snapshot, "sha256", b""), "digest"),
    ],
)
def test_a_damaged_snapshot_is_refused_and_changes_nothing(here: Runs, damage: Any, words: str) -> None:
    run, twin = here.open("CartPole-v1"), here.open("CartPole-v1")
    for each in (run, twin):
        each.reset(seed=1)
        each.play(each.actions(5, seed=0))
    snapshots = run.snapshots()
    snapshots[1] = damage(snapshots[1])
    refused = run.restore(snapshots)
    assert refused.code == grpc.StatusCode.INVALID_ARGUMENT.value[0], refused
    assert words in refused.message
    assert refused.session_alive
    assert run.play(run.actions(30, seed=1)) == twin.play(twin.actions(30, seed=1))


@pytest.mark.parametrize("count", [0, N - 1, N + 1])
def test_too_few_or_too_many_snapshots_are_refused(here: Runs, count: int) -> None:
    run = here.open("CartPole-v1")
    run.reset(seed=7)
    refused = run.restore([run.snapshots()[0]] * count)
    assert refused.code == grpc.StatusCode.INVALID_ARGUMENT.value[0], refused
    assert f"must have {N} entries, one per environment; got {count}" in refused.message
    assert refused.session_alive


@pytest.mark.parametrize(
    ("env_id", "kwargs", "fields", "words"),
    [
        ("CartPole-v0", {}, {}, "env_id"),
        ("CartPole-v1", {}, {"autoreset_mode": pb.AUTORESET_MODE_NEXT_STEP}, "autoreset_mode"),
        ("CartPole-v1", {"sutton_barto_reward": True}, {}, "_sutton_barto_reward"),
        ("CartPole-v1", {}, {"max_episode_steps": 46}, "_max_episode_steps"),
        ("CartPole-v1", {}, {"max_episode_steps": -1}, "TimeLimit"),
        ("CartPole-v1", {}, {"wrappers": [pb.WrapperSpec(name="TimeAwareObservation")]}, "TimeAwareObservation"),
    ],
)
def test_a_snapshot_of_a_session_with_other_settings_is_refused_and_changes_nothing(
    here: Runs, env_id: str, kwargs: dict[str, Any], fields: dict[str, Any], words: str
) -> None:
    original = here.open("CartPole-v1")
    original.reset(seed=7)
    snapshots = original.snapshots()
    run, twin = here.open(env_id, kwargs, **fields), here.open(env_id, kwargs, **fields)
    for each in (run, twin):
        each.reset(seed=1)
    refused = run.restore(snapshots)
    assert refused.code == grpc.StatusCode.FAILED_PRECONDITION.value[0], refused
    assert words in refused.message
    assert refused.session_alive
    assert run.play(run.actions(30, seed=1)) == twin.play(twin.actions(30, seed=1))
