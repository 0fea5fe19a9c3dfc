# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Extreme requests and environments lead to the right status code, and to an error message that fits into the metadata
that gRPC sends at the end of a call."""

import hashlib
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
import pytest
from client import Client, ServerProcess, observations, refusal

from gymwire.codec import decode_value, encode_value
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode


@pytest.mark.parametrize("text", ["\U0001f3d4" * 5000, "x" * 200_000, "v1" * 50_000])
def test_long_names_are_refused_in_an_answer_of_limited_size(client: Client, text: str) -> None:
    code, detail = refusal(lambda: client.make(text))
    assert code is Code.NOT_FOUND
    assert 0 < len(detail.message.encode()) <= 1000
    code, _ = refusal(lambda: client.reset(text))
    assert code is Code.NOT_FOUND


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
@pytest.mark.parametrize("fault", ["Quits", "LongUnicode", "HalfPair", "WordReward", "TwoRewards", "TwoFlags"])
def test_a_step_with_an_unusual_failure_ends_the_session(client: Client, fault: str, vectorization: Any) -> None:
    made = client.make(f"Rude/{fault}-v0", vectorization=vectorization, autoreset_mode=pb.AUTORESET_MODE_NEXT_STEP)
    client.reset(made.session_id)
    code, detail = refusal(lambda: client.step(made.session_id, np.zeros(1, dtype=np.int64)))
    assert code is Code.UNKNOWN
    assert detail.env_index == 0
    assert detail.exception_class
    assert not detail.session_alive
    code, _ = refusal(lambda: client.reset(made.session_id))
    assert code is Code.NOT_FOUND


def test_sys_exit_in_a_constructor_or_in_a_called_method_is_an_error(client: Client) -> None:
    for vectorization in (pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC):
        code, detail = refusal(
            lambda how=vectorization: client.make("Rude/Quits-v0", kwargs={"at_once": True}, vectorization=how)
        )
        assert (code, detail.exception_class) == (Code.UNKNOWN, "SystemExit")
    made = client.make("Rude/Quits-v0")
    request = pb.CallRequest(session_id=made.session_id, name="leave", call=pb.CallArguments())
    code, detail = refusal(lambda: client.stub.Call(request, timeout=20))
    assert (code, detail.exception_class) == (Code.UNKNOWN, "SystemExit")
    assert detail.session_alive


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
@pytest.mark.parametrize("arguments", [(), ("--isolation", "none"), ("--lean",)], ids=["isolated", "one", "lean"])
def test_an_exception_that_derives_only_from_base_exception_is_reported_to_the_client(
    arguments: tuple[str, ...], vectorization: pb.Vectorization
) -> None:
    server = ServerProcess(*arguments, "--import", "rude_envs", "--allow-call")
    client = Client(server.address)
    try:
        for where in ("make", "reset", "step", "panic", "close"):
            code, detail = refusal(lambda where=where: _use_all(client, where, vectorization))
            assert code is Code.UNKNOWN, where
            assert detail.session_alive == (where == "panic")
            if where == "close" and vectorization == pb.VECTORIZATION_ASYNC:
                # The process of the environment has printed the exception and ended.
                assert "the processes of the environments [0] ended with an error" in detail.message
                continue
            assert "PanicException: index out of bounds" in detail.message, where
            assert detail.exception_class == "rude_envs.PanicException"
        assert client.make("CartPole-v1").session_id
    finally:
        client.close()
        server.kill()


def _use_all(client: Client, where: str, vectorization: pb.Vectorization) -> None:
    """Makes a session of Panics, and calls each of its methods."""
    session_id = client.make("Rude/Panics-v0", kwargs={"where": where}, vectorization=vectorization).session_id
    client.reset(session_id)
    client.step(session_id, np.zeros(1, dtype=np.int64))
    request = pb.CallRequest(session_id=session_id, name="panic", call=pb.CallArguments())
    client.stub.Call(request, timeout=20)
    client.close_session(session_id)


def _set(*path: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        *keys, last, value = path
        for key in keys:
            content = content[key]
        content[last] = value

    return change


DEEP: Any = ()
for _ in range(28):
    DEEP = (DEEP,)


VALUES = [None, 2**200, 10**5000, "x", (), {}, [np.zeros(3)], np.array("x"), float("nan"), DEEP]


# Python refuses to print 10**5000, so the ids do not contain the values.
@pytest.mark.parametrize("value", VALUES, ids=[type(value).__name__ + str(i) for i, value in enumerate(VALUES)])
@pytest.mark.parametrize(
    "path",
    [
        ("format",),
        ("made_by",),
        ("session", "env_id"),
        ("observation",),
        ("ended",),
        ("environment",),
        ("environment", 0),
        ("environment", 0, "class"),
        ("environment", 0, "state"),
        ("environment", 0, "settings"),
        ("environment", -1, "state", "np_random"),
        ("environment", -1, "state", "np_random", "state"),
        ("environment", -1, "state", "np_random", "uinteger"),
        ("environment", -1, "state", "state"),
        ("environment", -1, "settings", "gravity"),
    ],
)
def test_a_forged_snapshot_is_refused_and_changes_nothing(client: Client, path: tuple[Any, ...], value: Any) -> None:
    made = client.make("CartPole-v1", vectorization=pb.VECTORIZATION_SYNC)
    first = observations(client.reset(made.session_id, seed=3))
    taken = client.stub.Snapshot(pb.SnapshotRequest(session_id=made.session_id), timeout=20).snapshots
    content = decode_value(taken[0])
    del content["sha256"]
    _set(*path, value)(content)
    try:
        digest = hashlib.sha256(encode_value(content).SerializeToString(deterministic=True)).digest()
        forged = encode_value({**content, "sha256": digest})
    except ValueError:
        pytest.skip("nested too deep to be forged")
    code, detail = refusal(
        lambda: client.stub.Restore(
            pb.RestoreRequest(session_id=made.session_id, snapshots=[forged, *taken[1:]]), timeout=20
        )
    )
    assert code in (Code.INVALID_ARGUMENT, Code.FAILED_PRECONDITION)
    assert detail.session_alive
    again = client.stub.Restore(pb.RestoreRequest(session_id=made.session_id, snapshots=taken), timeout=20)
    np.testing.assert_array_equal(observations(again), first)
