# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of GetServerInfo, ListEnvironments and Make."""

from typing import Any

import numpy as np
import pytest
from client import Client, make_request
from gymnasium.spaces import Box, Discrete, MultiDiscrete

from conformance.judge import Code, assert_refused
from gymwire.codec import decode_dict, decode_space, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2


def test_the_server_reports_its_versions_and_machine(wire: Client) -> None:
    info = wire.stub.GetServerInfo(pb.GetServerInfoRequest())
    assert info.protocol_version.major == 1
    assert info.server_version
    assert "interact" in info.capabilities
    assert all(name == name.lower() for name in info.capabilities)
    assert info.fingerprint.os


def test_environments_are_listed_once_and_in_order(wire: Client) -> None:
    entries = wire.stub.ListEnvironments(pb.ListEnvironmentsRequest()).environments
    ids = [entry.spec.env_id for entry in entries]
    assert ids == sorted(set(ids))
    cartpole = entries[ids.index("CartPole-v1")]
    assert cartpole.unavailable_reason == ""
    assert cartpole.spec.max_episode_steps == 500
    assert cartpole.spec.reward_threshold == 475.0


def test_a_session_describes_itself(wire: Client) -> None:
    made = wire.make("CartPole-v1", 3, lease_seconds=12.5, autoreset_mode=pb.AUTORESET_MODE_NEXT_STEP)
    assert made.num_envs == 3
    assert made.lease_seconds == 12.5
    assert made.autoreset_mode == pb.AUTORESET_MODE_NEXT_STEP
    assert made.vectorization == pb.VECTORIZATION_SYNC
    assert not made.HasField("render_mode")
    assert made.spec.env_id == "CartPole-v1"
    assert decode_dict(made.metadata)["render_fps"] == 50
    assert decode_dict(made.full_spec)["id"] == "CartPole-v1"
    single, batched = decode_space(made.single_observation_space), decode_space(made.observation_space)
    assert isinstance(single, Box)
    assert single.dtype == np.float32
    assert (single.shape, batched.shape) == ((4,), (3, 4))
    assert decode_space(made.single_action_space) == Discrete(2)
    assert decode_space(made.action_space) == MultiDiscrete([2, 2, 2])


def test_fields_that_are_left_out_take_their_defaults(wire: Client) -> None:
    made = wire.make("CartPole-v1")
    assert made.autoreset_mode == pb.AUTORESET_MODE_SAME_STEP
    assert made.vectorization == pb.VECTORIZATION_SYNC
    assert made.lease_seconds >= 1
    assert made.spec.max_episode_steps == 500


@pytest.mark.parametrize(("asked", "expected"), [(7, 7), (-1, None)])
def test_the_episode_limit_can_be_changed(wire: Client, asked: int, expected: int | None) -> None:
    spec = wire.make("CartPole-v1", max_episode_steps=asked).spec
    assert (spec.max_episode_steps if spec.HasField("max_episode_steps") else None) == expected


def test_each_session_has_a_new_id(wire: Client) -> None:
    ids = [wire.make("CartPole-v1").session_id for _ in range(5)]
    wire.close_session(ids[-1])
    ids.append(wire.make("CartPole-v1").session_id)
    assert len(set(ids)) == 6
    assert all(ids)


VIOLATIONS: list[tuple[dict[str, Any], Code]] = [
    ({"num_envs": 0}, Code.INVALID_ARGUMENT),
    ({"num_envs": -1}, Code.INVALID_ARGUMENT),
    ({"num_envs": 2**31 - 1}, Code.RESOURCE_EXHAUSTED),
    ({"autoreset_mode": 99}, Code.INVALID_ARGUMENT),
    ({"vectorization": 99}, Code.INVALID_ARGUMENT),
    ({"max_episode_steps": 0}, Code.INVALID_ARGUMENT),
    ({"max_episode_steps": -2}, Code.INVALID_ARGUMENT),
    ({"lease_seconds": 0.0}, Code.INVALID_ARGUMENT),
    ({"lease_seconds": float("nan")}, Code.INVALID_ARGUMENT),
    ({"render_mode": "no such mode"}, Code.INVALID_ARGUMENT),
    ({"wrappers": [pb.WrapperSpec(name="NoSuchWrapper")]}, Code.INVALID_ARGUMENT),
    ({"env_id": "NoSuchEnvironment-v0"}, Code.NOT_FOUND),
    ({"env_id": ""}, Code.NOT_FOUND),
    ({"env_id": "os:CartPole-v1"}, Code.PERMISSION_DENIED),
    ({"kwargs": {"no_such_argument": 1}}, Code.INVALID_ARGUMENT),
    ({"kwargs": {1: 1}}, Code.INVALID_ARGUMENT),
    ({"kwargs": {"xml_file": "/etc/passwd"}}, Code.PERMISSION_DENIED),
]


@pytest.mark.parametrize(("fields", "code"), VIOLATIONS, ids=[str(fields)[:50] for fields, _ in VIOLATIONS])
def test_a_make_request_with_a_wrong_field_is_refused(wire: Client, fields: dict[str, Any], code: Code) -> None:
    request: dict[str, Any] = {"env_id": "CartPole-v1", **fields}
    assert_refused(lambda: wire.make(**request), code, alive=False)


MALFORMED = {
    "value without a kind": value_pb2.Dict(entries=[value_pb2.Dict.Entry(key=encode_value("a"))]),
    "key without a kind": value_pb2.Dict(entries=[value_pb2.Dict.Entry(value=encode_value(1))]),
    "key that is a float": value_pb2.Dict(
        entries=[value_pb2.Dict.Entry(key=value_pb2.Value(float_value=1.0), value=encode_value(1))]
    ),
    "key twice": value_pb2.Dict(
        entries=[value_pb2.Dict.Entry(key=encode_value("a"), value=encode_value(i)) for i in range(2)]
    ),
    "array of the wrong size": value_pb2.Dict(
        entries=[
            value_pb2.Dict.Entry(
                key=encode_value("a"),
                value=value_pb2.Value(array=value_pb2.NdArray(dtype=value_pb2.DTYPE_INT8, shape=[3], data=b"12")),
            )
        ]
    ),
    "array without a dtype": value_pb2.Dict(
        entries=[
            value_pb2.Dict.Entry(
                key=encode_value("a"), value=value_pb2.Value(array=value_pb2.NdArray(shape=[1], data=b"1"))
            )
        ]
    ),
}


@pytest.mark.parametrize("kwargs", MALFORMED.values(), ids=list(MALFORMED))
def test_malformed_arguments_are_refused(wire: Client, kwargs: value_pb2.Dict) -> None:
    request = make_request("CartPole-v1")
    request.kwargs.CopyFrom(kwargs)
    assert_refused(lambda: wire.stub.Make(request), Code.INVALID_ARGUMENT, alive=False)
