# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that clients get when the fork server, which starts the sessions' processes, cannot fork or is killed."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import numpy as np
import pytest
from client import Client, ServerProcess, refusal
from process_usage import descendants, wait_until

Code = grpc.StatusCode
Start = Callable[..., ServerProcess]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the fork server")

# The text of a module that the fork server imports. With it, the first fork fails.
FIRST_FORK_FAILS = """
import errno, os

fork = os.fork

def fail():
    os.fork = fork
    raise OSError(errno.EAGAIN, "no more processes")

os.fork = fail
"""


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as ends:

        def start_one(*arguments: str) -> ServerProcess:
            server = ServerProcess(*arguments)
            ends.callback(server.kill)
            assert server.address, "the server did not start; run it by hand to see why"
            return server

        yield start_one


def test_a_session_whose_process_cannot_be_forked_is_refused(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "first_fork_fails.py").write_text(FIRST_FORK_FAILS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    client = Client(start("--import", "first_fork_fails").address)
    code, detail = refusal(lambda: client.make("CartPole-v1"))
    assert code is Code.RESOURCE_EXHAUSTED
    assert "no process for the session could be started (no more processes)" in detail.message
    made = client.make("CartPole-v1")
    client.reset(made.session_id, seed=0)
    client.close()


def test_a_killed_fork_server_is_replaced_and_its_sessions_end(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "sessions.log"
    server = start("--log-file", str(log))
    client = Client(server.address)
    made = client.make("CartPole-v1")
    client.reset(made.session_id, seed=0)
    (fork_server,) = set(descendants(server.process.pid)) - set(below(server.process.pid))
    os.kill(fork_server, signal.SIGKILL)
    # The session's process dies with the fork server. When a session ends, the log gets a line. The test waits for this
    # line before the next request, because a request to the dead process would also end the session. Then the test
    # would not show that the end of the fork server ends the session.
    assert wait_until(lambda: log.read_text() != "")
    code, detail = refusal(lambda: client.step(made.session_id, np.zeros(1, dtype=np.int64)))
    assert code is Code.NOT_FOUND
    assert "the session's process ended" in detail.message
    made = client.make("CartPole-v1")
    client.reset(made.session_id, seed=0)
    client.close()


def below(pid: int) -> list[int]:
    """Returns the descendants of a process, without its children."""
    return [each for child in descendants(pid) for each in descendants(child)]
