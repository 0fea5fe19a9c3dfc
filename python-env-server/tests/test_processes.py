# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Environments in separate processes. The end of such a process has no effect on other sessions."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, NONE, Client, ServerProcess, refusal
from faulty_envs import GOOD_STEPS
from gymnasium.envs.registration import EnvSpec
from gymnasium.vector import AutoresetMode

from gymwire.codec import UnsupportedSpaceError, decode_value, encode_value
from gymwire.server.env_host import ResponseFields
from gymwire.server.errors import EnvironmentFailedError, InvalidRequestError
from gymwire.server.processes import ProcessWorker
from gymwire.server.recipe import EnvRecipe
from gymwire.server.worker import SyncWorker
from gymwire.server.wrappers import NamedWrapper
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode
Failure = tuple[grpc.StatusCode, pb.ErrorDetail]
ASYNC = pb.VECTORIZATION_ASYNC


def processes(client: Client, session_id: str) -> list[int]:
    """Returns the id of each environment's process. The environments must have the method `process` of odd_envs.Odd."""
    request = pb.CallRequest(session_id=session_id, name="process", call=pb.CallArguments())
    return [decode_value(value) for value in client.stub.Call(request, timeout=DEADLINE_SECONDS).results]


def is_alive(pid: int) -> bool:
    """Returns whether a process exists; a zombie process exists too."""
    return os.path.exists(f"/proc/{pid}")


def eventually(condition: Callable[[], bool]) -> bool:
    """Waits up to 5 seconds for a condition; returns whether it is true."""
    deadline = time.monotonic() + 5.0
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_each_environment_has_a_process_that_ends_with_the_session(client: Client) -> None:
    made = client.make("Odd/Number-v0", 2, vectorization=ASYNC)
    pids = processes(client, made.session_id)
    assert len(set(pids)) == 2
    assert all(is_alive(pid) for pid in pids)
    client.close_session(made.session_id)
    assert not any(is_alive(pid) for pid in pids)


def test_a_killed_process_ends_its_session_and_no_other(client: Client) -> None:
    broken, other = (client.make("Odd/Number-v0", 2, vectorization=ASYNC, infos=NONE) for _ in range(2))
    actions = np.array([0, 1])
    for made in (broken, other):
        client.reset(made.session_id, seed=1)
    pids = processes(client, broken.session_id)
    os.kill(pids[1], signal.SIGKILL)
    code, detail = refusal(lambda: client.step(broken.session_id, actions))
    assert code is Code.UNKNOWN
    assert "the process of environment 1 was killed, crashed or broke its connection (exit code -9);" in detail.message
    assert detail.env_index == 1
    assert not detail.session_alive
    assert not any(is_alive(pid) for pid in pids)
    assert refusal(lambda: client.step(broken.session_id, actions))[0] is Code.NOT_FOUND
    twin = client.make("Odd/Number-v0", 2, infos=NONE)
    client.reset(twin.session_id, seed=1)
    for _ in range(12):
        assert client.step(other.session_id, actions) == client.step(twin.session_id, actions)


def stuck_step(client: Client, session_id: str) -> tuple[threading.Thread, list[Failure]]:
    """Starts a step that does not return. When the step fails, its failure is appended to the returned list."""
    failures: list[Failure] = []
    step = threading.Thread(target=lambda: failures.append(refusal(lambda: client.step(session_id, np.array([0, 1])))))
    step.start()
    time.sleep(0.5)
    assert not failures
    return step, failures


def test_a_step_fails_if_a_process_is_killed_during_the_step(client: Client) -> None:
    made = client.make("Odd/Sleeper-v0", 2, vectorization=ASYNC, infos=NONE)
    client.reset(made.session_id)
    pids = processes(client, made.session_id)
    step, failures = stuck_step(client, made.session_id)
    os.kill(pids[1], signal.SIGKILL)
    step.join(DEADLINE_SECONDS)
    assert [(code, detail.env_index) for code, detail in failures] == [(Code.UNKNOWN, 1)]
    assert not any(is_alive(pid) for pid in pids)


def test_the_processes_end_if_their_server_is_killed_even_during_a_step() -> None:
    server = ServerProcess("--import", "odd_envs", "--allow-call")
    try:
        client = Client(server.address)
        made = client.make("Odd/Sleeper-v0", 2, vectorization=ASYNC, infos=NONE)
        client.reset(made.session_id)
        pids = processes(client, made.session_id)
        request = pb.StepRequest(session_id=made.session_id, actions=encode_value(np.array([0, 1])))
        call = client.stub.Step.future(request, timeout=DEADLINE_SECONDS)
        time.sleep(0.5)
        assert not call.done()
        server.signal(signal.SIGKILL)
        assert eventually(lambda: not any(is_alive(pid) for pid in pids))
        client.channel.close()
    finally:
        server.kill()


def test_an_error_in_a_process_is_reported_with_its_traceback(client: Client) -> None:
    made = client.make("Faulty/RaisesInStep-v0", 2, vectorization=ASYNC)
    client.reset(made.session_id)
    for i in range(GOOD_STEPS):
        client.step(made.session_id, np.array([i % 2, i % 2]))
    code, detail = refusal(lambda: client.step(made.session_id, np.array([0, 0])))
    assert code is Code.UNKNOWN
    assert detail.message == "environment 0 failed in step: RuntimeError: the motor is stuck"
    assert detail.exception_class == "RuntimeError"
    assert "faulty_envs.py" in detail.traceback
    assert not detail.session_alive


@pytest.mark.parametrize("worker", [SyncWorker, ProcessWorker])
@pytest.mark.parametrize(
    ("space", "wrappers"),
    [
        ("Number", [NamedWrapper("ClipAction", {}), NamedWrapper("FlattenObservation", {"no_such": 1})]),
        ("custom", []),
        ("none", []),
    ],
)
def test_an_environment_that_is_made_and_then_refused_is_closed(
    tmp_path: Path, worker: Callable[..., Any], space: str, wrappers: list[NamedWrapper]
) -> None:
    log = tmp_path / "log"
    spec = EnvSpec("Odd/Logged-v0", "odd_envs:Logged")
    recipe = EnvRecipe(spec, {"log": str(log), "space": space}, None, None, tuple(wrappers))
    with pytest.raises((InvalidRequestError, EnvironmentFailedError, UnsupportedSpaceError, AttributeError)):
        worker(recipe, 1, AutoresetMode.SAME_STEP, ResponseFields(None, False))
    assert log.read_text(encoding="utf-8").split() == ["made", "closed"]


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, ASYNC])
@pytest.mark.parametrize(("argument", "prefix"), [(("--import", "other_ids"), ""), (("--allow-import",), "other_ids:")])
def test_a_module_named_by_the_operator_or_in_the_id_is_imported_where_the_environment_runs(
    argument: tuple[str, ...], prefix: str, vectorization: pb.Vectorization
) -> None:
    server = ServerProcess(*argument)
    client = Client(server.address)
    try:
        # The module declares the state of an environment of another module.
        made = client.make(f"{prefix}Other/Walk-v0", vectorization=vectorization)
        client.reset(made.session_id, seed=0)
        snapshots = client.stub.Snapshot(pb.SnapshotRequest(session_id=made.session_id)).snapshots
        expected = client.step(made.session_id, np.array([1])).observations
        client.stub.Restore(pb.RestoreRequest(session_id=made.session_id, snapshots=snapshots))
        assert client.step(made.session_id, np.array([1])).observations == expected
        # The environment makes another one, by an id that the module registers.
        assert client.make(f"{prefix}Other/Nested-v0", vectorization=vectorization).session_id
    finally:
        client.close()
        server.kill()


@pytest.mark.parametrize(
    ("env_id", "fields", "code", "words"),
    [
        ("Odd/Lambda-v0", {}, Code.INVALID_ARGUMENT, "use VECTORIZATION_SYNC"),
        ("Odd/CustomSpaced-v0", {}, Code.UNIMPLEMENTED, "the observation space of Odd/CustomSpaced-v0"),
        ("CartPole-v1", {"kwargs": {"no_such": 1}}, Code.INVALID_ARGUMENT, "no_such"),
        ("CartPole-v1", {"vectorization": 7}, Code.INVALID_ARGUMENT, "vectorization must be 0 to 2; got 7"),
        ("Odd/Unmade-v0", {}, Code.UNKNOWN, "RuntimeError: no parts"),
    ],
)
def test_the_error_for_environments_that_cannot_be_made_gives_the_reason(
    client: Client, env_id: str, fields: dict[str, Any], code: grpc.StatusCode, words: str
) -> None:
    actual, detail = refusal(lambda: client.make(env_id, 2, **{"vectorization": ASYNC, **fields}))
    assert actual is code
    assert words in detail.message


def test_an_info_entry_that_cannot_be_sent_is_left_out(client: Client) -> None:
    made = client.make("Faulty/StrangeInfo-v0", vectorization=ASYNC)
    client.reset(made.session_id)
    for i in range(GOOD_STEPS):
        client.step(made.session_id, np.array([i % 2]))
    step = client.step(made.session_id, np.array([0]))
    assert [info.key for info in step.omitted_infos] == ["thing"]
