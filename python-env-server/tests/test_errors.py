# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""For many causes in the error table of proto/README.md, the error has the table's status code. The error names the
wrong value, and says whether the session goes on."""

from collections.abc import Callable
from typing import Any

import grpc
import gymnasium
import numpy as np
import pytest
from client import NONE, Client, ServerProcess, flags, make_request, observations, refusal, some_actions
from faulty_envs import GOOD_STEPS

from gymwire.codec import decode_dict, encode_array, encode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

Code = grpc.StatusCode


@pytest.mark.parametrize(
    ("env_id", "near"),
    [
        ("CartPole-v2", "CartPole-v1"),
        ("cartpole-v1", "CartPole-v1"),
        ("CartPole", "CartPole-v1"),
        ("CartPol-v1", "CartPole-v1"),
        ("HalfChetah-v5", "HalfCheetah-v5"),
        ("HalfCheetah-v9", "HalfCheetah-v5, HalfCheetah-v4"),
        ("LunarLander-v2", "LunarLander-v3"),
        ("qqqqqq", "./gymwire info"),
        ("", "./gymwire info"),
    ],
)
def test_the_error_for_an_unknown_id_names_similar_ids_or_a_command(client: Client, env_id: str, near: str) -> None:
    code, detail = refusal(lambda: client.make(env_id))
    assert code is Code.NOT_FOUND
    assert repr(env_id) in detail.message
    assert near in detail.message
    assert not detail.session_alive


def test_the_error_for_a_missing_package_contains_the_pip_command(client: Client) -> None:
    entries = client.stub.ListEnvironments(pb.ListEnvironmentsRequest()).environments
    jax = next(entry for entry in entries if entry.spec.env_id == "phys2d/CartPole-v1")
    assert "needs the package jax" in jax.unavailable_reason
    code, detail = refusal(lambda: client.make("phys2d/CartPole-v1"))
    assert code is Code.FAILED_PRECONDITION
    assert f'pip install "gymnasium[jax]=={gymnasium.__version__}"' in detail.message


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"num_envs": 0}, Code.INVALID_ARGUMENT, "num_envs must be at least 1; got 0"),
        ({"num_envs": -3}, Code.INVALID_ARGUMENT, "-3"),
        ({"max_episode_steps": 0}, Code.INVALID_ARGUMENT, "max_episode_steps"),
        ({"max_episode_steps": -2}, Code.INVALID_ARGUMENT, "-2"),
        ({"lease_seconds": 0.5}, Code.INVALID_ARGUMENT, "0.5"),
        ({"lease_seconds": float("nan")}, Code.INVALID_ARGUMENT, "nan"),
        ({"autoreset_mode": 17}, Code.INVALID_ARGUMENT, "17"),
        ({"kwargs": {"no_such": 1}}, Code.INVALID_ARGUMENT, "no_such"),
        ({"kwargs": {"max_episode_steps": 1}}, Code.INVALID_ARGUMENT, "MakeRequest.max_episode_steps"),
        ({"kwargs": {3: 1}}, Code.INVALID_ARGUMENT, "must be strings; got 3"),
        ({"kwargs": {"xml_file": "a.xml"}}, Code.PERMISSION_DENIED, "xml_file"),
        ({"kwargs": {"entry_point": "os"}}, Code.PERMISSION_DENIED, "entry_point"),
        ({"kwargs": {"thing": [{"a": "/etc/passwd"}]}}, Code.PERMISSION_DENIED, "/etc/passwd"),
        ({"env_id": "os:CartPole-v1"}, Code.PERMISSION_DENIED, "--import os"),
        ({"env_id": "GymV26Environment-v0"}, Code.PERMISSION_DENIED, "GymV26Environment-v0"),
        ({"num_envs": 10**6}, Code.RESOURCE_EXHAUSTED, "--max-envs"),
        (
            {"env_id": "Odd/CustomSpaced-v0"},
            Code.UNIMPLEMENTED,
            "the observation space of Odd/CustomSpaced-v0 cannot be served",
        ),
    ],
    ids=lambda case: str(case)[:60],
)
def test_a_wrong_make_request_is_refused_with_the_reason(
    client: Client, fields: dict[str, Any], code: Code, words: str
) -> None:
    request: dict[str, Any] = {"env_id": "CartPole-v1", **fields}
    actual, detail = refusal(lambda: client.make(**request))
    assert actual is code
    assert words in detail.message
    assert not detail.session_alive


def test_an_error_about_an_argument_has_the_constructors_traceback(client: Client) -> None:
    code, detail = refusal(lambda: client.make("Odd/Ragged-v0", kwargs={"size": -1}))
    assert code is Code.INVALID_ARGUMENT
    assert "refuses the arguments {'size': -1}: ValueError: the size is wrong: give at least 0" in detail.message
    assert "odd_envs.py" in detail.traceback


def test_a_specification_has_descriptions_in_place_of_values_that_cannot_be_sent(client: Client) -> None:
    made = client.make("Odd/Described-v0")
    settings = decode_dict(made.full_spec)["kwargs"]["settings"]
    assert settings == {"1.5": (1, 2), "None": ["object()"]}
    assert decode_dict(made.metadata)["maker"] == "builtins:object"


def test_a_refused_make_request_opens_no_session(client: Client) -> None:
    for _ in range(70):
        refusal(lambda: client.make("Odd/CustomSpaced-v0"))
    assert client.make("CartPole-v1").session_id


BAD_ACTIONS: list[tuple[str, value_pb2.Value, str]] = [
    ("CartPole-v1", value_pb2.Value(), "got no value"),
    ("CartPole-v1", encode_value([0, 1]), "the kind list"),
    ("CartPole-v1", encode_value(np.array([0, 1], np.int32)), "int64 of shape [2]; got int32"),
    ("CartPole-v1", encode_value(np.array([0, 1, 0])), "of shape [3]"),
    ("CartPole-v1", encode_value(np.array([[0, 1]])), "of shape [1, 2]"),
    ("CartPole-v1", encode_value(np.array([0, 2])), "environment 1 is 2, but must lie between 0 and 1"),
    ("CartPole-v1", encode_value(np.array([-1, 0])), "environment 0 is -1"),
    ("Pendulum-v1", encode_value(np.array([[0.0], [2.5]], np.float32)), "environment 1 is 2.5 at [0]"),
    ("Pendulum-v1", encode_value(np.array([[np.nan], [0.0]], np.float32)), "environment 0 is nan"),
    ("Pendulum-v1", encode_value(np.zeros((2, 1))), "float32 of shape [2, 1]; got float64"),
    ("Faulty/MultiDiscreteActions-v0", encode_value(np.array([[0, 1], [1, 3]])), "environment 1 is 3 at [1]"),
]
BAD_ACTIONS.append(
    (
        "CartPole-v1",
        value_pb2.Value(array=value_pb2.NdArray(dtype=value_pb2.DTYPE_INT64, shape=[2], data=b"123")),
        "16 bytes; got 3",
    )
)


@pytest.mark.parametrize(("env_id", "actions", "words"), BAD_ACTIONS, ids=[words for _, _, words in BAD_ACTIONS])
def test_a_bad_action_is_refused_and_no_environment_makes_a_step(
    client: Client, env_id: str, actions: value_pb2.Value, words: str
) -> None:
    made = client.make(env_id, 2, infos=NONE)
    twin = client.make(env_id, 2, infos=NONE)
    for session in (made, twin):
        client.reset(session.session_id, seed=0)
    code, detail = refusal(lambda: client.stub.Step(pb.StepRequest(session_id=made.session_id, actions=actions)))
    assert code is Code.INVALID_ARGUMENT
    assert words in detail.message
    assert detail.session_alive
    assert detail.HasField("env_index") == ("environment" in words)
    good = some_actions(made)
    after, expected = (client.step(session.session_id, good) for session in (made, twin))
    assert after == expected


def seed_list(*seeds: int) -> pb.SeedList:
    return pb.SeedList(seeds=[pb.OptionalSeed(value=seed) for seed in seeds])


@pytest.mark.parametrize(
    ("mode", "fields", "words"),
    [
        (pb.AUTORESET_MODE_DISABLED, {"seed": -1}, "environment 0 is -1"),
        (pb.AUTORESET_MODE_DISABLED, {"seeds": seed_list(0)}, "2 entries, one per environment; got 1"),
        (pb.AUTORESET_MODE_DISABLED, {"seeds": seed_list(0, -5)}, "environment 1 is -5"),
        (pb.AUTORESET_MODE_DISABLED, {"reset_mask": b"\x01"}, "[1]"),
        (pb.AUTORESET_MODE_DISABLED, {"reset_mask": b"\x00\x00"}, "[0, 0]"),
        (pb.AUTORESET_MODE_DISABLED, {"reset_mask": b"\x01\x02"}, "[1, 2]"),
        (pb.AUTORESET_MODE_NEXT_STEP, {"reset_mask": b"\x01\x00"}, "NEXT_STEP"),
        (pb.AUTORESET_MODE_SAME_STEP, {"reset_mask": b"\x01\x01"}, "SAME_STEP"),
        (pb.AUTORESET_MODE_DISABLED, {"options": encode_value({"reset_mask": 1}).dict}, "ResetRequest.reset_mask"),
        (pb.AUTORESET_MODE_DISABLED, {"options": encode_value({1: 1}).dict}, "must be strings"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_a_wrong_reset_request_is_refused_with_the_reason(
    client: Client, mode: pb.AutoresetMode, fields: dict[str, Any], words: str
) -> None:
    made = client.make("CartPole-v1", 2, autoreset_mode=mode)
    client.reset(made.session_id)
    code, detail = refusal(lambda: client.reset(made.session_id, **fields))
    assert code is Code.INVALID_ARGUMENT
    assert words in detail.message
    assert detail.session_alive


def test_requests_out_of_order_are_refused_and_the_session_goes_on(client: Client) -> None:
    made = client.make("CartPole-v1", 2, autoreset_mode=pb.AUTORESET_MODE_DISABLED, max_episode_steps=1)
    actions = some_actions(made)

    def expect(call: Callable[[], Any], words: str) -> None:
        code, detail = refusal(call)
        assert code is Code.FAILED_PRECONDITION
        assert words in detail.message
        assert detail.session_alive

    expect(lambda: client.step(made.session_id, actions), "never reset")
    expect(lambda: client.reset(made.session_id, reset_mask=b"\x00\x01"), "must reset all environments")
    client.reset(made.session_id, step_number=1)
    expect(lambda: client.step(made.session_id, actions, step_number=7), "step_number 7 is neither the next one (2)")
    expect(lambda: client.step(made.session_id, actions, step_number=1), "continue with 2")
    assert flags(client.step(made.session_id, actions, step_number=2).truncated) == [True, True]
    client.reset(made.session_id, reset_mask=b"\x00\x01")
    expect(lambda: client.step(made.session_id, actions), "environments [0] have ended")


@pytest.mark.parametrize("session_id", ["", "no-such-session"])
def test_the_error_for_an_unknown_session_names_the_session(client: Client, session_id: str) -> None:
    for call in (
        lambda: client.reset(session_id),
        lambda: client.step(session_id, np.zeros(1)),
    ):
        code, detail = refusal(call)
        assert code is Code.NOT_FOUND
        assert repr(session_id) in detail.message
        assert not detail.session_alive


def test_a_session_ends_if_its_environment_raises_an_exception_in_a_step(client: Client) -> None:
    made = client.make("Faulty/RaisesInStep-v0", 2)
    client.reset(made.session_id, seed=0)
    actions = np.array([0, 1])
    for i in range(GOOD_STEPS):
        client.step(made.session_id, actions if i % 2 else 1 - actions)
    code, detail = refusal(lambda: client.step(made.session_id, actions))
    assert code is Code.UNKNOWN
    assert detail.message == "environment 0 failed in step: RuntimeError: the motor is stuck"
    assert detail.exception_class == "RuntimeError"
    assert "faulty_envs.py" in detail.traceback
    assert detail.env_index == 0
    assert not detail.session_alive
    code, _ = refusal(lambda: client.step(made.session_id, actions))
    assert code is Code.NOT_FOUND


def test_the_error_of_a_reset_names_the_environment(client: Client) -> None:
    made = client.make("Faulty/RaisesInReset-v0", 2, max_episode_steps=GOOD_STEPS, infos=NONE)
    client.reset(made.session_id)
    actions = np.array([0, 1])
    for i in range(GOOD_STEPS - 1):
        client.step(made.session_id, actions if i % 2 else 1 - actions)
    code, detail = refusal(lambda: client.step(made.session_id, actions))
    assert code is Code.UNKNOWN
    assert "the motor does not start" in detail.message
    assert detail.env_index == 0


def test_a_session_ends_even_if_its_environment_raises_an_exception_when_it_is_closed(client: Client) -> None:
    made = client.make("Faulty/RaisesInClose-v0")
    code, detail = refusal(lambda: client.close_session(made.session_id))
    assert code is Code.UNKNOWN
    assert "the motor does not stop" in detail.message
    client.close_session(made.session_id)


def test_an_observation_that_does_not_fit_its_space_ends_the_session(client: Client) -> None:
    made = client.make("Faulty/WrongShape-v0", infos=NONE)
    client.reset(made.session_id)
    for i in range(GOOD_STEPS):
        client.step(made.session_id, np.array([i % 2]))
    code, detail = refusal(lambda: client.step(made.session_id, np.array([0])))
    assert code is Code.UNKNOWN
    assert "does not fit Box(-inf, inf, (2,), float64)" in detail.message
    assert not detail.session_alive


def test_an_info_that_cannot_be_sent_is_omitted_and_reported(client: Client) -> None:
    actions = np.array([0])
    silent = client.make("Faulty/StrangeInfo-v0", infos=NONE)
    client.reset(silent.session_id)
    loud = client.make("Faulty/StrangeInfo-v0")
    client.reset(loud.session_id)
    for i in range(GOOD_STEPS):
        client.step(loud.session_id, np.array([i % 2]))
        client.step(silent.session_id, np.array([i % 2]))
    assert not client.step(silent.session_id, actions).omitted_infos
    step = client.step(loud.session_id, actions)
    assert [(info.key, info.env_index) for info in step.omitted_infos] == [("thing", 0)]
    assert "a dict key must be" in step.omitted_infos[0].reason
    assert not step.infos.entries
    assert client.step(loud.session_id, actions).step_number == step.step_number + 1


def test_non_finite_and_huge_numbers_are_sent_unchanged(client: Client) -> None:
    observing = client.make("Faulty/NanObservation-v0")
    rewarding = client.make("Faulty/NanReward-v0")
    paying = client.make("Faulty/HugeReward-v0")
    steps = []
    for made in (observing, rewarding, paying):
        client.reset(made.session_id)
        for i in range(GOOD_STEPS + 1):
            step = client.step(made.session_id, np.array([i % 2]))
            assert np.isfinite(observations(step)).all() or i == GOOD_STEPS
        steps.append(step)
    assert np.isnan(observations(steps[0])[0, 0])
    assert np.isnan(np.frombuffer(steps[1].rewards))
    assert np.frombuffer(steps[2].rewards)[0] == 1e300


def test_errors_on_a_stream_are_answers_and_the_stream_stays_open(client: Client) -> None:
    stream = client.stream()
    assert stream.ask().code == Code.INVALID_ARGUMENT.value[0]
    assert stream.ask(make=make_request("CartPol-v1")).code == Code.NOT_FOUND.value[0]
    assert stream.ask(step=pb.StepRequest(session_id="none")).code == Code.NOT_FOUND.value[0]
    made = stream.ask(make=make_request("CartPole-v1"))
    assert stream.ask(step=pb.StepRequest(session_id=made.session_id)).session_alive
    stream.ask(reset=pb.ResetRequest(session_id=made.session_id))
    bad = value_pb2.Value(array=encode_array(np.array([5])))
    error = stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=bad))
    assert (error.code, error.env_index, error.session_alive) == (Code.INVALID_ARGUMENT.value[0], 0, True)
    good = value_pb2.Value(array=encode_array(np.array([1])))
    assert stream.ask(step=pb.StepRequest(session_id=made.session_id, actions=good)).step_number == 2
    stream.close()


def test_sessions_and_streams_beyond_the_quota_are_refused() -> None:
    server = ServerProcess("--max-sessions", "2")
    try:
        client = Client(server.address)
        streams = [client.stream() for _ in range(2)]
        for stream in streams:
            stream.ask(make=make_request("CartPole-v1"))
        code, detail = refusal(lambda: client.make("CartPole-v1"))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "--max-sessions" in detail.message
        third = client.stream()
        third.send(make=make_request("CartPole-v1"))
        with pytest.raises(grpc.RpcError, match="RESOURCE_EXHAUSTED"):
            third.receive()
        assert client.stub.GetServerInfo(pb.GetServerInfoRequest(), timeout=5).server_version
        client.channel.close()
    finally:
        server.kill()


@pytest.mark.parametrize("calls", ["unary", "stream"])
@pytest.mark.parametrize("arguments", [(), ("--isolation", "none"), ("--lean",)], ids=["isolated", "one", "lean"])
def test_a_session_ends_if_the_answer_to_a_step_is_too_large_for_a_message(
    arguments: tuple[str, ...], calls: str
) -> None:
    server = ServerProcess(*arguments, "--import", "odd_envs", "--max-message-mib", "1")
    client = Client(server.address)
    try:
        session_id = client.make("Odd/Growing-v0").session_id
        client.reset(session_id)
        action = np.zeros(1, dtype=np.int64)
        client.step(session_id, action)
        stream = client.stream()

        def step() -> pb.ErrorDetail:
            if calls == "unary":
                return refusal(lambda: client.step(session_id, action))[1]
            error = stream.ask(step=pb.StepRequest(session_id=session_id, actions=encode_value(action)))
            assert isinstance(error, pb.ErrorDetail)
            return error

        error = step()
        assert error.code == Code.RESOURCE_EXHAUSTED.value[0]
        assert "bytes, but a message may have at most 1048576 bytes. The session ends" in error.message
        assert "--max-message-mib" in error.message
        assert not error.session_alive
        assert step().code == Code.NOT_FOUND.value[0]
        assert stream.ask(make=make_request("CartPole-v1")).session_id
        stream.close()
    finally:
        client.close()
        server.kill()


@pytest.mark.parametrize("arguments", [("--isolation", "none"), ("--lean",)], ids=["one", "lean"])
def test_a_session_goes_on_if_the_answer_to_a_call_is_too_large_for_a_message(arguments: tuple[str, ...]) -> None:
    server = ServerProcess(*arguments, "--import", "odd_envs", "--allow-call", "--max-message-mib", "1")
    client = Client(server.address)
    try:
        session_id = client.make("Odd/Number-v0").session_id
        stream = client.stream()
        text = value_pb2.ValueList(values=[encode_value("x" * (1 << 19))])
        stream.ask(call=pb.CallRequest(session_id=session_id, name="level", set=text))
        twice = pb.CallArguments(args=[encode_value(2)], kwargs=encode_dict({"offset": ""}))
        request = pb.CallRequest(session_id=session_id, name="scale", call=twice)
        code, detail = refusal(lambda: client.stub.Call(request, timeout=20))
        for error in (detail, stream.ask(call=request)):
            assert error.code == code.value[0] == Code.RESOURCE_EXHAUSTED.value[0]
            assert "bytes; ask for less at a time, or start the server" in error.message
            assert error.session_alive
        client.reset(session_id)
        stream.close()
    finally:
        client.close()
        server.kill()
