# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions in spawned processes, as on systems that cannot fork safely. The front process, to which clients connect,
does not import Gymnasium."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from client import make_request, observations

from gymwire.codec import encode_value
from gymwire.server.errors import ProcessEndedError, ReportedError
from gymwire.server.hosting import HostSettings
from gymwire.server.isolation.host import IsolatedHost
from gymwire.server.isolation.spawning import SpawnLauncher
from gymwire.server.limits import Limits
from gymwire.server.security import Rules
from gymwire.v1 import environment_service_pb2 as pb

SESSION_ID = "0123456789abcdef"


@pytest.fixture
def ends() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def host(tmp_path: Path, ends: list[tuple[str, str]]) -> Iterator[IsolatedHost]:
    settings = HostSettings(Limits(), Rules(modules=("rude_envs",), calls=True), 60.0, tmp_path)
    spawned = IsolatedHost(settings, SpawnLauncher(settings), lambda session, reason: ends.append((session, reason)))
    yield spawned
    spawned.close()


def test_a_spawned_session_answers_a_reset_and_a_step(host: IsolatedHost) -> None:
    session, made = host.make(SESSION_ID, make_request("CartPole-v1", 2))
    assert made.session_id == SESSION_ID
    assert made.lease_seconds == 60.0
    reset = session.answer(pb.InteractRequest(reset=pb.ResetRequest(session_id=SESSION_ID, seed=3)))
    assert observations(reset.reset).shape == (2, 4)
    step = pb.StepRequest(session_id=SESSION_ID, actions=encode_value(np.array([0, 1])))
    request = pb.InteractRequest(step=step)
    answer = pb.InteractResponse.FromString(session.answer_bytes(request, request.SerializeToString()))
    assert answer.step.step_number == 2
    assert (session.steps, session.resets) == (1, 1)
    session.close(5.0)


def test_a_failed_make_request_is_reported_and_ends_no_session(host: IsolatedHost, ends: list[tuple[str, str]]) -> None:
    with pytest.raises(ReportedError, match="NoSuchEnvironment"):
        host.make(SESSION_ID, make_request("NoSuchEnvironment-v0"))
    assert ends == []


def test_a_killed_process_is_reported(host: IsolatedHost) -> None:
    session, _ = host.make(SESSION_ID, make_request("CartPole-v1"))
    session.abort()
    with pytest.raises(ProcessEndedError, match="the session was closed"):
        session.answer(pb.InteractRequest(reset=pb.ResetRequest(session_id=SESSION_ID)))


def test_the_front_process_does_not_import_gymnasium() -> None:
    program = (
        "import sys, gymwire.server.__main__, gymwire.server.listener, gymwire.server.hosts, "
        "gymwire.server.isolation.host, gymwire.server.isolation.fork_server; print('gymnasium' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    assert run.stdout == "False\n"
