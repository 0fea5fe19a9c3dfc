# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""If the server runs with --allow-call, a client can read and set environments' attributes, and call their methods."""

from typing import Any

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, refusal

from gymwire.codec import decode_value, encode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

Code = grpc.StatusCode
VECTORIZATIONS = [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC]


def ask(client: Client, session_id: str, name: str, **action: Any) -> list[Any]:
    """Carries out a call; returns each environment's result."""
    request = pb.CallRequest(session_id=session_id, name=name, **action)
    return [decode_value(value) for value in client.stub.Call(request, timeout=DEADLINE_SECONDS).results]


def values(*items: object) -> value_pb2.ValueList:
    """Returns a message with the values."""
    return value_pb2.ValueList(values=[encode_value(item) for item in items])


@pytest.mark.parametrize("vectorization", VECTORIZATIONS)
def test_each_kind_of_call_reaches_each_environment(client: Client, vectorization: pb.Vectorization) -> None:
    made = client.make("Odd/Number-v0", 2, vectorization=vectorization)
    assert ask(client, made.session_id, "level", get=pb.GetAttribute()) == [1, 1]
    assert ask(client, made.session_id, "level", set=values(5, 7.5)) == [None, None]
    assert ask(client, made.session_id, "level", get=pb.GetAttribute()) == [5, 7.5]
    arguments = pb.CallArguments(args=[encode_value(2)], kwargs=encode_dict({"offset": 1}))
    assert ask(client, made.session_id, "scale", call=arguments) == [11, 16.0]
    assert type(ask(client, made.session_id, "scale", call=arguments)[0]) is int


@pytest.mark.parametrize("vectorization", VECTORIZATIONS)
def test_failures_are_reported_and_the_session_goes_on(client: Client, vectorization: pb.Vectorization) -> None:
    made = client.make("Odd/Number-v0", 2, vectorization=vectorization)
    client.reset(made.session_id, seed=0)

    def expect(code: grpc.StatusCode, words: str, name: str, **action: Any) -> pb.ErrorDetail:
        actual, detail = refusal(lambda: ask(client, made.session_id, name, **action))
        assert actual is code
        assert words in detail.message
        assert detail.session_alive
        return detail

    get, call = pb.GetAttribute(), pb.CallArguments()
    expect(Code.INVALID_ARGUMENT, "'_np_random' is not allowed: it must be a Python identifier", "_np_random", get=get)
    expect(Code.INVALID_ARGUMENT, "'unwrapped.level'", "unwrapped.level", get=get)
    expect(Code.INVALID_ARGUMENT, "has no attribute 'nothing'", "nothing", get=get)
    with_argument = pb.CallArguments(args=[encode_value(1)])
    expect(Code.INVALID_ARGUMENT, "'level' is of type int, which takes no arguments", "level", call=with_argument)
    assert ask(client, made.session_id, "level", call=call) == [1, 1]
    expect(Code.INVALID_ARGUMENT, "2 values, one per environment; got 1", "level", set=values(1))
    expect(Code.INVALID_ARGUMENT, "one of its fields `get`, `set` and `call`", "level")
    expect(Code.UNIMPLEMENTED, "the result of 'untold' cannot be sent", "untold", call=call)
    assert not expect(Code.UNIMPLEMENTED, "a value of type Discrete cannot be sent", "action_space", get=get).is_method
    assert expect(Code.UNIMPLEMENTED, "'scale' is a method, which cannot be sent; call it", "scale", get=get).is_method
    detail = expect(
        Code.UNKNOWN, "environment 0 failed in call_method: RuntimeError: nothing to see", "broken", call=call
    )
    assert detail.exception_class == "RuntimeError"
    assert "odd_envs.py" in detail.traceback
    assert detail.env_index == 0
    # This response belongs to this call, not to an earlier call that failed.
    assert ask(client, made.session_id, "level", get=get) == [1, 1]
    client.step(made.session_id, np.array([0, 1]))


def test_a_server_that_does_not_allow_calls_refuses_each_kind_of_call() -> None:
    server = ServerProcess("--import", "odd_envs")
    try:
        client = Client(server.address)
        assert "call" not in client.stub.GetServerInfo(pb.GetServerInfoRequest()).capabilities
        made = client.make("Odd/Number-v0")
        for action in ({"get": pb.GetAttribute()}, {"call": pb.CallArguments()}, {"set": values(1)}):
            code, detail = refusal(lambda action=action: ask(client, made.session_id, "level", **action))
            assert code is Code.PERMISSION_DENIED
            assert "--allow-call" in detail.message
            assert detail.session_alive
        client.close()
    finally:
        server.kill()


def test_the_stream_answers_calls(client: Client) -> None:
    stream = client.stream()
    made = client.make("Odd/Number-v0")
    request = pb.CallRequest(session_id=made.session_id, name="level", get=pb.GetAttribute())
    assert [decode_value(value) for value in stream.ask(call=request).results] == [1]
    error = stream.ask(call=pb.CallRequest(session_id=made.session_id, name="_x"))
    assert (error.code, error.session_alive) == (Code.INVALID_ARGUMENT.value[0], True)
    stream.close()
