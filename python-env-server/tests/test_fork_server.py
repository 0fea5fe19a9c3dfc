# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The errors that clients get when the fork server, which starts the sessions' processes, cannot fork or is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, Stream, make_request, refusal
from isolated_sessions import step_request
from process_usage import descendants, wait_until

from gymwire.server.isolation.fork_server import _READY_SECONDS
from gymwire.v1 import environment_service_pb2 as pb

Code = grpc.StatusCode
# Clients read both codes as a lost server. A server that is stopping cancels its streams after half a second.
BROKEN = (Code.UNAVAILABLE, Code.CANCELLED)
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


def test_imports_that_take_too_long_are_an_error_that_names_the_modules_and_the_remedy(tmp_path: Path) -> None:
    assert _READY_SECONDS == 600, "the imports of a shared server may take as long as a managed server's"
    (tmp_path / "endless.py").write_text("import threading; threading.Event().wait()")
    program = (
        "import sys; from gymwire.server import __main__; from gymwire.server.isolation import fork_server; "
        "fork_server._READY_SECONDS = 0.1; sys.exit(__main__.main())"
    )
    arguments = ["--listen", "127.0.0.1:0", "--import", "endless"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=dict(os.environ, PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "the imports (gymnasium, endless) took longer than 0.1 s; put the server's Python" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_killed_fork_server_is_replaced_and_its_sessions_end(start: Start, tmp_path: Path) -> None:
    log = tmp_path / "sessions.log"
    server = start("--log-file", str(log))
    client = Client(server.address)
    made = client.make("CartPole-v1")
    client.reset(made.session_id, seed=0)
    os.kill(fork_server_of(server), signal.SIGKILL)
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


def begin(server: ServerProcess, env_id: str, **kwargs: str) -> tuple[Client, Stream, str]:
    """Makes and resets a session on a stream; returns its id too."""
    client = Client(server.address)
    stream = client.stream()
    made = stream.ask(make=make_request(env_id, kwargs=kwargs))
    stream.ask(reset=pb.ResetRequest(session_id=made.session_id))
    return client, stream, made.session_id


# systemd and Slurm send SIGTERM to all processes of a server. Some processes get it earlier than others. The stream
# must break: if the client got an error of the session instead, it would take the environment for faulty.
@pytest.mark.parametrize("signalled", ["all", "fork server", "session and front process"])
def test_the_stream_of_a_request_under_way_breaks_if_the_servers_processes_get_sigterm(
    start: Start, signalled: str
) -> None:
    server = start("--import", "isolated_envs")
    client, stream, session_id = begin(server, "Isolated/Ill-v0", fault="wait_in_c", place="step")
    stream.send(step=step_request(session_id))
    fork_server, sessions = fork_server_of(server), below(server.process.pid)
    assert sessions
    if signalled != "fork server":
        kill_all(sessions)
    if signalled != "session and front process":
        kill_all([fork_server])
    if signalled != "fork server":
        server.signal(signal.SIGTERM)
    assert broken(stream) in BROKEN
    client.channel.close()


def test_a_request_to_an_idle_session_breaks_the_stream_if_the_servers_processes_get_sigterm(start: Start) -> None:
    server = start()
    client, stream, session_id = begin(server, "CartPole-v1")
    fork_server, sessions = fork_server_of(server), below(server.process.pid)
    kill_all([*sessions, fork_server, server.process.pid])
    assert wait_until(lambda: not descendants(server.process.pid))
    stream.send(step=step_request(session_id))
    assert broken(stream) in BROKEN
    client.channel.close()


def test_a_session_whose_process_alone_gets_sigterm_fails(start: Start) -> None:
    server = start("--import", "isolated_envs")
    client, stream, session_id = begin(server, "Isolated/Ill-v0", fault="wait_in_c", place="step")
    stream.send(step=step_request(session_id))
    kill_all(below(server.process.pid))
    error = stream.receive().error
    assert error.code == Code.UNKNOWN.value[0]
    assert "was ended by SIGTERM" in error.message
    client.channel.close()


def test_a_unary_call_is_unavailable_if_the_fork_server_ends(start: Start) -> None:
    server = start("--import", "isolated_envs")
    client, _, session_id = begin(server, "Isolated/Ill-v0", fault="wait_in_c", place="step")
    step = client.stub.Step.future(step_request(session_id), timeout=DEADLINE_SECONDS)
    kill_all([fork_server_of(server)])
    code, detail = refusal(step.result)
    assert code is Code.UNAVAILABLE
    assert not detail.session_alive
    assert "its fork server has ended" in detail.message
    client.channel.close()


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGTERM)


def broken(stream: Stream) -> grpc.StatusCode:
    """Checks that a stream ends without an answer. Returns the status code of this end."""
    with pytest.raises(grpc.RpcError) as failure:
        stream.receive()
    return failure.value.code()


def fork_server_of(server: ServerProcess) -> int:
    (fork_server,) = set(descendants(server.process.pid)) - set(below(server.process.pid))
    return fork_server


def below(pid: int) -> list[int]:
    """Returns the descendants of a process, without its children."""
    return [each for child in descendants(pid) for each in descendants(child)]
