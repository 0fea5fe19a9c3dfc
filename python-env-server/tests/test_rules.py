# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Limits on what clients may do: allow-lists, imports, files, quotas, and the log of the sessions."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from client import Client, ServerProcess, make_request, refusal
from faulty_envs import GOOD_STEPS

from gymwire.server.errors import InvalidRequestError, RefusedError
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode


@contextmanager
def serving(*arguments: str) -> Iterator[Client]:
    server = ServerProcess("--import", "faulty_envs", *arguments)
    client = Client(server.address)
    try:
        yield client
    finally:
        client.channel.close()
        server.kill()


def test_only_the_allowed_environments_are_listed_and_made() -> None:
    with serving("--allow-env", "CartPole-*", "--allow-env", "Faulty/WellBehaved-v0") as client:
        listed = [
            entry.spec.env_id for entry in client.stub.ListEnvironments(pb.ListEnvironmentsRequest()).environments
        ]
        assert listed == ["CartPole-v0", "CartPole-v1", "Faulty/WellBehaved-v0"]
        client.make("CartPole-v1")
        code, detail = refusal(lambda: client.make("Pendulum-v1"))
        assert code is Code.PERMISSION_DENIED
        assert "'Pendulum-v1', but only CartPole-*, Faulty/WellBehaved-v0" in detail.message
        code, detail = refusal(lambda: client.make("CartPol-v1"))
        assert code is Code.NOT_FOUND
        assert "CartPole-v1" in detail.message


def test_modules_are_imported_for_clients_only_if_the_operator_allows_it() -> None:
    with serving() as client:
        assert client.make("faulty_envs:Faulty/WellBehaved-v0").num_envs == 1
        code, detail = refusal(lambda: client.make("odd_envs:Faulty/WellBehaved-v0"))
        assert code is Code.PERMISSION_DENIED
        assert "--import odd_envs" in detail.message
    with serving("--allow-import", "--allow-env", "Faulty/*") as client:
        assert client.make("faulty_envs:Faulty/WellBehaved-v0").num_envs == 1
        code, _ = refusal(lambda: client.make("no_such_module:Faulty/WellBehaved-v0"))
        assert code is Code.INVALID_ARGUMENT
        code, detail = refusal(lambda: client.make("faulty_envs:CartPole-v1"))
        assert code is Code.PERMISSION_DENIED
        assert "Faulty/*" in detail.message


def test_files_are_read_for_clients_only_if_the_operator_allows_it(tmp_path: Path) -> None:
    model = tmp_path / "half_cheetah.xml"
    import gymnasium.envs.mujoco

    shipped = Path(gymnasium.envs.mujoco.__file__).parent / "assets" / "half_cheetah.xml"
    model.write_bytes(shipped.read_bytes())
    request = {"xml_file": str(model)}
    with serving() as client:
        code, detail = refusal(lambda: client.make("HalfCheetah-v5", kwargs=request))
        assert code is Code.PERMISSION_DENIED
        assert "--allow-files" in detail.message
    with serving("--allow-files") as client:
        assert client.make("HalfCheetah-v5", kwargs=request).num_envs == 1


@pytest.mark.parametrize(
    "kwargs",
    [
        {"xml_file": "a.xml"},
        {"file": 1},
        {"map": "a/b"},
        {"map": b"a/b"},
        {"map": "a\\b"},
        {"map": [("x", {"k": "../b"})]},
        {"map": {"/etc/passwd": 1}},
        {"map": np.array(["ok", "/b"])},
        {"entry_point": "os:system"},
        {"save_path": None},
        {"config": [{"xml_file": "a.xml"}]},
        {"config": {"entry_point": "os:system"}},
        {"config": np.array([{"filename": "x"}, {"filename": "y"}], dtype=object)},
    ],
)
def test_arguments_that_name_files_or_code_are_refused(kwargs: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        Rules().check_kwargs(kwargs)
    Rules(imports=True, files=True).check_kwargs(kwargs)


@pytest.mark.parametrize("name", ["id", "max_episode_steps", "disable_env_checker"])
def test_kwargs_that_contain_an_argument_of_gymnasiums_make_function_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequestError, match=name):
        Rules(imports=True, files=True).check_kwargs({name: 1})


def test_an_error_message_explains_which_quota_is_exceeded() -> None:
    small = ("--max-envs-per-session", "3", "--max-envs", "5", "--max-streams", "1", "--max-processes", "1")
    with serving(*small) as client:
        code, detail = refusal(lambda: client.make("CartPole-v1", 4))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "4 environments were asked for, but the server allows 3 in one session" in detail.message
        client.make("CartPole-v1", 3)
        code, detail = refusal(lambda: client.make("CartPole-v1", 3))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "3 are open, but the server allows 5 in all" in detail.message
        code, detail = refusal(lambda: client.make("CartPole-v1", 2, vectorization=pb.VECTORIZATION_ASYNC))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "2 environments with a process each were asked for, and 0 such processes run" in detail.message
        assert "but the server allows 1" in detail.message
        first = client.stream()
        first.ask(make=make_request("CartPole-v1"))
        with pytest.raises(grpc.RpcError) as failure:
            client.stream().ask(make=make_request("CartPole-v1"))
        assert failure.value.code() is Code.RESOURCE_EXHAUSTED
        assert "1 streams are open" in str(failure.value.details())
        assert "--max-streams" in str(failure.value.details())


def test_a_message_above_the_limit_is_refused_and_the_session_goes_on() -> None:
    with serving("--max-message-mib", "1") as client:
        made = client.make("CartPole-v1")
        client.reset(made.session_id)
        with pytest.raises(grpc.RpcError) as failure:
            client.step(made.session_id, np.zeros(1 << 18, dtype=np.int64))
        assert failure.value.code() is Code.RESOURCE_EXHAUSTED
        assert client.step(made.session_id, np.array([0])).step_number == 2


def test_a_server_starts_with_the_largest_limit_on_messages() -> None:
    with serving("--max-message-mib", "2047") as client:
        assert client.make("CartPole-v1").num_envs == 1


def test_reflection_streams_cannot_take_all_threads() -> None:
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    with serving("--max-streams", "1") as client:
        stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
        release = threading.Event()

        def ask_and_wait() -> Iterator[Any]:
            yield reflection_pb2.ServerReflectionRequest(list_services="")
            release.wait()

        held = [stub.ServerReflectionInfo(ask_and_wait()) for _ in range(4)]
        try:
            assert [len(next(call).list_services_response.service) for call in held] == [3, 3, 3, 3]
            with pytest.raises(grpc.RpcError) as failure:
                next(stub.ServerReflectionInfo(ask_and_wait()))
            assert failure.value.code() is Code.RESOURCE_EXHAUSTED
            assert client.make("CartPole-v1").num_envs == 1
        finally:
            release.set()


def test_the_log_says_how_every_session_ended(tmp_path: Path) -> None:
    path = tmp_path / "sessions.log"
    server = ServerProcess("--import", "faulty_envs", "--log-file", str(path))
    client = Client(server.address)
    closed = client.make("CartPole-v1", 2)
    client.reset(closed.session_id, seed=1)
    for _ in range(3):
        client.step(closed.session_id, np.array([0, 1]))
    client.close_session(closed.session_id)
    failed = client.make("Faulty/RaisesInStep-v0")
    client.reset(failed.session_id)
    for i in range(GOOD_STEPS):
        client.step(failed.session_id, np.array([i % 2]))
    refusal(lambda: client.step(failed.session_id, np.array([0])))
    left = client.make("CartPole-v1", lease_seconds=1)
    deadline = time.monotonic() + 20
    while path.read_text(encoding="utf-8").count("\n") < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    open_at_the_end = client.make("Acrobot-v1")
    client.channel.close()
    server.process.terminate()
    assert server.outcome()[::2] == (0, "")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    logged = [(line["session"], line["env_id"], line["num_envs"], line["steps"], line["resets"]) for line in lines]
    assert logged == [
        (closed.session_id, "CartPole-v1", 2, 3, 1),
        (failed.session_id, "Faulty/RaisesInStep-v0", 1, GOOD_STEPS + 1, 1),
        (left.session_id, "CartPole-v1", 1, 0, 0),
        (open_at_the_end.session_id, "Acrobot-v1", 1, 0, 0),
    ]
    assert [line["reason"] for line in lines] == [
        "its client closed it",
        "environment 0 failed in step: RuntimeError: the motor is stuck",
        "its lease of 1 s ran out",
        "the server was stopped",
    ]
    assert all(line["event"] == "session_ended" and line["peer"].startswith("ipv4:127.0.0.1:") for line in lines)
    assert lines[2]["seconds"] >= 1.0


def test_the_error_for_an_ended_session_says_why_it_ended(client: Client) -> None:
    made = client.make("Faulty/RaisesInStep-v0")
    client.reset(made.session_id)
    for i in range(GOOD_STEPS):
        client.step(made.session_id, np.array([i % 2]))
    refusal(lambda: client.step(made.session_id, np.array([0])))
    code, detail = refusal(lambda: client.step(made.session_id, np.array([0])))
    assert code is Code.NOT_FOUND
    assert "has ended: environment 0 failed in step: RuntimeError: the motor is stuck" in detail.message
